import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { KeyName } from './keyTable'

vi.stubGlobal('addEventListener', () => {})
vi.stubGlobal('navigator', { platform: 'Linux' })
let keys: typeof import('./keys')
beforeAll(async () => { keys = await import('./keys') })
afterEach(() => { keys.ownKeys.value = {}; keys.keysOn.value = true; keys.keyMap.splice(0) })
const has = (...names: KeyName[]) => keys.keyMap.push(...names.map(name => ({ name, act: () => {} })))

test('a key is what the table says until somebody chose another', () => {
  expect(keys.capsOf('reopen')).toEqual([['⇧E']])
  keys.ownKeys.value = { reopen: 'q', assignMe: 'ö ä', back: '', search: '' }
  expect(keys.capsOf('reopen')).toEqual([['Q']])
  expect(keys.capsOf('assignMe')).toEqual([['Ö', 'Ä']])
  expect(keys.capsOf('back')).toEqual([['Esc']])
  expect(keys.capsOf('search')).toEqual([])
})
test('keys of others are said, and those that share theirs from the beginning may', () => {
  expect(keys.conflicts('resolve', 'j')).toEqual(['next'])
  expect(keys.conflicts('resolve', 'g')).toEqual(['inbox', 'customers', 'mine', 'notices', 'drafts'])
  expect(keys.conflicts('resolve', 'j x')).toEqual(['next'])
  expect(keys.conflicts('note', 'n')).toEqual([])
  expect(keys.conflicts('assign', 'a')).toEqual([])
  expect(keys.conflicts('resolve', '')).toEqual([])
  expect(keys.conflicts('next', 'j', { resolve: 'j' })).toEqual(['resolve'])
  expect(keys.conflicts('resolve', 'j', { next: '' })).toEqual([])
  expect(keys.conflicts('tag', 'n')).toEqual(['note', 'compose'])
})
test('switched off, letters have no caps, and what is no letter stays', () => {
  keys.keysOn.value = false
  expect(keys.capsOf('resolve')).toEqual([])
  expect(keys.capsOf('back')).toEqual([['Esc']])
  expect(keys.capFor('palette')).toBe('Ctrl+K')
})
test('the key of two belongs to the one that came last', () => {
  has('compose')
  expect(keys.fires('compose')).toBe(true)
  has('note')
  expect(keys.fires('compose')).toBe(false)
  expect(keys.fires('note')).toBe(true)
})
