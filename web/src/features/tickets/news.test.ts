import { expect, test } from 'vitest'
import type { Message, Ticket } from '@/api/types'
import { newsSince } from './news'

const ticket = { id: 1, state: 'open', priority: 'normal', subject: 'Mühle', tags: [] as string[], is_spam: false, fields: {} } as unknown as Ticket
const message = (id: number, more: Partial<Message> = {}) => ({ id, author_staff: 2, automatic: false, ...more }) as Message

test('what others have written since is news, and what one wrote oneself is not', () => {
  const seen = { ticket, message: 5 }
  expect(newsSince(seen, ticket, [message(4), message(6, { author_staff: 1 }), message(7, { automatic: true })], 1, [])).toBeNull()
  expect(newsSince(seen, ticket, [message(6), message(7, { author_staff: null })], 1, [])?.messages.map(each => each.id)).toEqual([6, 7])
  expect(newsSince({ ticket: { ...ticket, id: 2 }, message: 0 }, ticket, [message(6)], 1, [])).toBeNull()
})

test('of changes only those are news that the server names', () => {
  const now = { ...ticket, subject: 'Große Mühle', priority: 'high' } as Ticket
  expect(newsSince({ ticket, message: 5 }, now, [], 1, ['subject'])?.changes).toEqual([{ field: 'subject', from: 'Mühle', to: 'Große Mühle' }])
  expect(newsSince({ ticket, message: 5 }, now, [], 1, [])).toBeNull()
})
