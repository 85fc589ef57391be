import { expect, test } from 'vitest'
import { addressesOf, recipientsOf, viewOf } from './views'

test('a view asks for what its name says', () => {
  expect(viewOf('team-7').query).toEqual({ state: 'active', team: '7' })
  expect(viewOf('mine').query.assignee).toBe('me')
})
test('a reply goes to the sender and copies, never to ourselves', () => {
  const mail = { direction: 'in', from: { email: 'ana@example.org' }, to: [{ email: 'Help@our.example' }], cc: [{ email: 'help@our.example' }, { email: 'bo@example.org' }] }
  expect(recipientsOf(mail, ['help@our.example'])).toEqual({ to: ['ana@example.org'], cc: ['bo@example.org'] })
})
test('an address without a host is refused', () => {
  expect(addressesOf('a@b.c; d@e.f')).toEqual([{ email: 'a@b.c' }, { email: 'd@e.f' }])
  expect(addressesOf('a@b.c, nobody')).toBeNull()
})
