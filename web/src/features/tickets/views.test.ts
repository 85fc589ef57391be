import { expect, test } from 'vitest'
import type { Ticket } from '@/api/types'
import { addressesOf, belongs, leavesAsleep, timeOf, viewOf } from './views'

test('a view asks for what its name says', () => {
  expect(viewOf('team-7').query).toEqual({ state: 'working', team: '7', awake: 'true' })
  expect(viewOf('mine').query.assignee).toBe('me')
})
test('a bulk edit leaves out what was put off where the list does', () => {
  for (const key of ['mine', 'unassigned', 'open', 'team-7', 'asleep', 'snoozed', 'waiting', 'resolved', 'spam', 'all', 'drafts', 'watching', 'mentioned', 'view-3'])
    expect(leavesAsleep(key), key).toBe(viewOf(key).query.awake === 'true')
  expect(leavesAsleep('found'), 'a search finds what was put off too').toBe(false)
})
test('an address without a host is refused', () => {
  expect(addressesOf('a@b.c; d@e.f')).toEqual([{ email: 'a@b.c' }, { email: 'd@e.f' }])
  expect(addressesOf('a@b.c, nobody')).toBeNull()
})
const ticket = (more: object) => ({ id: 1, category: 'open', assignee: null, team: { id: 7, name: 'Support' }, is_spam: false, merged_into_id: null, created_at: '2026-11-01T08:00:00Z',
  updated_at: '2026-11-03T08:00:00Z', last_message_at: '2026-11-02T08:00:00Z', waiting_until_at: null, ...more }) as unknown as Ticket
const homes = (one: Ticket) => ['mine', 'unassigned', 'open', 'waiting', 'snoozed', 'resolved', 'all', 'spam', 'team-7', 'team-8'].filter(key => belongs(key, one, 3))

test('what waits is not among the work, and comes back into a list of its own', () => {
  expect(homes(ticket({}))).toEqual(['unassigned', 'open', 'all', 'team-7'])
  expect(homes(ticket({ assignee: { id: 3, name: 'Jana' }, category: 'new' }))).toEqual(['mine', 'open', 'all', 'team-7'])
  expect(homes(ticket({ category: 'waiting' }))).toEqual(['waiting', 'all'])
  expect(homes(ticket({ category: 'waiting', waiting_until_at: '2026-12-01T07:00:00Z' }))).toEqual(['waiting', 'snoozed', 'all'])
  expect(homes(ticket({ category: 'resolved' }))).toEqual(['resolved', 'all'])
  expect(homes(ticket({ is_spam: true }))).toEqual(['spam'])
  expect(viewOf('snoozed').query).toEqual({ snoozed: 'true' })
})
test('a row shows the time that its list is in order by', () => {
  expect(timeOf('open', '-updated_at', ticket({})).at).toBe('2026-11-03T08:00:00Z')
  expect(timeOf('open', 'created_at', ticket({})).at).toBe('2026-11-01T08:00:00Z')
  expect(timeOf('open', '-priority', ticket({})).what).toBe('created')
  expect(timeOf('snoozed', '-updated_at', ticket({ waiting_until_at: '2026-12-01T07:00:00Z' }))).toEqual({ what: 'wakes', at: '2026-12-01T07:00:00Z' })
})
