import { expect, test } from 'vitest'
import { groupsOfKinds, tidyKinds } from './webhooks'

test('kinds are grouped by what they are about, the usual ones first', () => {
  expect(groupsOfKinds(['activity.changed', 'message.written', 'ticket.changed', 'ticket.opened']).map(each => [each.name, each.kinds.length])).toEqual([['ticket', 2], ['message', 1], ['activity', 1]])
})
test('what a whole group says is not said twice', () => {
  expect(tidyKinds(['ticket.changed', 'ticket.*', 'message.written'])).toEqual(['ticket.*', 'message.written'])
  expect(tidyKinds(['ticket.changed', '*'])).toEqual(['*'])
})
