/** What others have done in a ticket since somebody began to answer. */
import type { Message, Ticket } from '@/api/types'
import { differences, type Change } from './changes'

export interface News { messages: Message[]; changes: Change[] }
/** The ticket and its last message as they were when writing began, or when their news were seen last. */
export interface Seen { ticket: Ticket; message: number }

/** fields: what the server has named as changed by others; only it knows whose change was whose. */
export function newsSince(seen: Seen | null, ticket: Ticket, messages: Message[], me: number | undefined, fields: string[]): News | null {
  if (!seen || seen.ticket.id !== ticket.id) return null
  const written = messages.filter(each => each.id > seen.message && each.author_staff !== me && !each.automatic)
  const changes = differences(seen.ticket, ticket).filter(each => fields.includes(each.field))
  return written.length || changes.length ? { messages: written, changes } : null
}
