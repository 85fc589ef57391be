import { expect, test } from 'vitest'
import { addressesOf, viewOf } from './views'

test('a view asks for what its name says', () => {
  expect(viewOf('team-7').query).toEqual({ state: 'active', team: '7' })
  expect(viewOf('mine').query.assignee).toBe('me')
})
test('an address without a host is refused', () => {
  expect(addressesOf('a@b.c; d@e.f')).toEqual([{ email: 'a@b.c' }, { email: 'd@e.f' }])
  expect(addressesOf('a@b.c, nobody')).toBeNull()
})
