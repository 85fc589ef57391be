import { expect, test } from 'vitest'
import { states, teams } from '@/api/directory'
import { cleaned, emptyAction, wordsFor } from './actions'

const t = (key: string) => key
states.value = [{ key: 'waiting', category: 'waiting', labels: { agent: { de: 'Wartet' } } }, { key: 'open', category: 'open', labels: { agent: { de: 'Offen' } } }] as never
teams.value = [{ id: 7, name: 'Retouren' }] as never

test('a state keeps only what belongs to it', () => {
  expect(cleaned({ kind: 'state', state: 'open', reason: 'date', days: 3 })).toEqual({ kind: 'state', state: 'open' })
  expect(cleaned({ kind: 'state', state: 'waiting', reason: 'internal', days: 3 })).toEqual({ kind: 'state', state: 'waiting', reason: 'internal' })
  expect(cleaned({ kind: 'state', state: 'waiting', reason: 'date' })).toEqual({ kind: 'state', state: 'waiting', reason: 'date', days: 1 })
})
test('an action reads as what it does', () => {
  expect(emptyAction('team', [])).toEqual({ kind: 'team', team: 7 })
  expect(wordsFor({ kind: 'team', team: 7 }, [], 'de', t)).toBe('macros.kind_team: Retouren')
  expect(wordsFor({ kind: 'state', state: 'open' }, [], 'de', t)).toBe('macros.kind_state: Offen')
  expect(wordsFor({ kind: 'add_tags', tags: ['a', 'b'] }, [], 'de', t)).toBe('macros.kind_add_tags: a, b')
  expect(wordsFor({ kind: 'note', html: 'x' }, [], 'de', t)).toBe('macros.kind_note')
})
