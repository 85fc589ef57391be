import { expect, test } from 'vitest'
import { handled, isMoving, wanted, type PersonImport } from '@/api/transfers'
import { firstPart } from './useImport'

const one = (more: Partial<PersonImport>): PersonImport => ({ id: 1, file_name: 'a.csv', charset: 'utf-8', delimiter: 'comma', header: [], columns: [], existing: 'fill', state: 'checked', error: null,
  created_at: '', finished_at: null, total: 10, pending: 0, new: 0, change: 0, same: 0, refused: 0, made: 0, changed: 0, cancelled: 0, ...more })

test('how far an import has come is told for what is under way', () => {
  expect(handled(one({ state: 'checking', pending: 4, new: 6 }))).toBe(6)
  expect(handled(one({ state: 'running', new: 2, change: 1, made: 5, refused: 2 }))).toBe(7)
  expect(wanted(one({ new: 2, change: 1, same: 7 }))).toBe(3)
  expect(['mapping', 'checking', 'checked', 'running', 'done', 'stopped'].filter(state => isMoving(one({ state: state as PersonImport['state'] })))).toEqual(['checking', 'running'])
})

test('what was refused is shown first', () => {
  expect(firstPart(one({ new: 8, refused: 2 }))).toBe('refused')
  expect(firstPart(one({ new: 8, same: 2 }))).toBe('new')
  expect(firstPart(one({}))).toBe('')
})
