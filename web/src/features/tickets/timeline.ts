/** Messages and what happened between them, in the order of time. */
import type { Message, Recording, Ticket } from '@/api/types'
import { happeningsOf, type Happening } from './useHistory'

export interface Line { key: string; message?: Message; events?: Happening[] }

/** Of what happened before the first message shown nothing is told while older messages are folded away. */
export function lineUp(messages: Message[], recorded: Recording[], ticket: Ticket, folded: boolean): Line[] {
  const events = happeningsOf(recorded, ticket)
  const lines: Line[] = []
  let at = 0
  const take = (until: string) => {
    const some: Happening[] = []
    while (at < events.length && events[at].at < until) some.push(events[at++])
    return some
  }
  messages.forEach((message, index) => {
    const before = take(message.created_at)
    if (before.length && !(folded && !index)) lines.push({ key: `e${before[0].id}`, events: before })
    lines.push({ key: `m${message.id}`, message })
  })
  const rest = take('9')
  if (rest.length) lines.push({ key: `e${rest[0].id}`, events: rest })
  return lines
}
