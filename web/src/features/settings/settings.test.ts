import { expect, test } from 'vitest'
import { detailOf } from './audit'
import { groupsOf, scopesFor } from './rights'

const names = { person: (id: number) => `P${id}`, team: (id: number) => `T${id}`, right: (key: string) => key, scope: (key: string) => key, role: (key: string) => key, state: (key: string) => key }
const event = (kind: string, data: Record<string, unknown>) => ({ id: 1, at: '', kind, actor: { kind: 'staff' as const, id: 1 }, cause: null, ticket: null, team: null, scope: 'audit', internal: true, data })

test('rights are grouped by what they are about', () => {
  expect(groupsOf({ 'audit.read': 'all', 'tickets.read': 'own', 'tickets.reply': 'own' })).toEqual([{ name: 'tickets', permissions: ['tickets.read', 'tickets.reply'] }, { name: 'audit', permissions: ['audit.read'] }])
  expect(scopesFor('people.read')).toEqual(['none', 'all'])
})
test('a changed right is told with its scopes', () => {
  expect(detailOf(event('role.changed', { role: 'agent', 'people.change': ['all', 'none'] }), names)).toBe('agent, people.change: all → none')
})
test('whose account it was is said, except when people sign in themselves', () => {
  expect(detailOf(event('staff.changed', { staff: 2, role: ['agent', 'manager'] }), names)).toBe('P2, agent → manager')
  expect(detailOf(event('session.started', { staff: 1, address: '10.0.0.1' }), names)).toBe('10.0.0.1')
})
