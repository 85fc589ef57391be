import { beforeAll, expect, test } from 'vitest'
import { i18n } from '@/i18n'
import en from './en.json?raw'
import { wayBack } from './changes'
import { lineUp } from './timeline'
import { merge } from './views'

beforeAll(() => { i18n.global.setLocaleMessage('en', JSON.parse(en)) })
const ticket = { id: 1, requester: { id: 5, name: 'Ana' }, state: 'open', category: 'open', assignee: null, priority: 'low', tags: ['a'], team: { id: 2, name: 'Support' } } as never
const message = (id: number, created_at: string) => ({ id, created_at }) as never
const event = (id: number, at: string, data: object) => ({ id, at, kind: 'ticket.changed', actor_kind: 0, actor_id: 0, cause: null, data }) as never

test('what happened stands between the messages', () => {
  const lines = lineUp([message(1, '2026-01-01'), message(2, '2026-01-03')], [event(9, '2026-01-04', { priority: ['low', 'high'] }), event(8, '2026-01-02', { priority: ['normal', 'low'] })], ticket, false)
  expect(lines.map(each => each.key)).toEqual(['m1', 'e8', 'm2', 'e9'])
  expect(lines[1].events![0].changes).toEqual([{ field: 'priority', from: 'Normal', to: 'Low' }])
})
test('an event that says nothing to people has no line', () => {
  expect(lineUp([], [event(1, '2026-01-02', {})], ticket, false)).toEqual([])
})
test('whoever confirmed a request is named only when it is the requester', () => {
  const confirmed = (actor_id: number) => lineUp([], [{ id: 1, at: '2026-01-02', kind: 'message.verified', actor_kind: 2, actor_id, cause: null, data: { message: 2 } } as never], ticket, false)[0].events![0]
  expect(confirmed(5)).toMatchObject({ who: 'Ana', said: 'confirmed the email address of the request' })
  expect(confirmed(6).who).toBe('Somebody who takes part')
})
test('a change is taken back by the values before it', () => {
  expect(wayBack(ticket, { priority: 'urgent', assignee: 7, tags: [], requester: 6 })).toEqual({ priority: 'low', assignee: null, tags: ['a'], requester: 5 })
})
test('new rows are counted, not shown; rows on the screen keep their place', () => {
  const row = (id: number, subject = '') => ({ id, subject }) as never
  const merged = merge([row(1), row(2)], [row(3), row(2, 'new'), row(4)], true, new Set([4]))
  expect(merged).toEqual({ kept: [row(1), row(2, 'new')], newer: 1, gone: 1 })
})
