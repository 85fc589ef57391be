/** What a view shows of a ticket beside what every list shows, and how it groups its rows. */
import { states } from '@/api/directory'
import { fieldName, saidOf } from '@/api/fields'
import type { Ticket } from '@/api/types'
import { i18n } from '@/i18n'
import { day, slip } from '@/ui/format'

type Words = (key: string, values?: Record<string, unknown>) => string

function stateName(ticket: Ticket) {
  return states.value.find(each => each.key === ticket.state)?.labels.agent[i18n.global.locale.value as 'de'] ?? ticket.state
}

export function columnText(ticket: Ticket, column: string, t: Words): string {
  switch (column) {
    case 'number': return slip(ticket)
    case 'state': return stateName(ticket)
    case 'team': return ticket.team?.name ?? ''
    case 'assignee': return ticket.assignee?.name ?? ''
    case 'owner': return ticket.owner?.name ?? ''
    case 'tags': return ticket.tags.join(', ')
    case 'created_at': return t('view.since', { day: day(ticket.created_at) })
    case 'waiting_until_at': return ticket.waiting_until_at ? t('waiting.till', { day: day(ticket.waiting_until_at) }) : ''
    case 'message_count': return t('view.messages', { n: ticket.message_count })
    default: return column.startsWith('field.') ? ownText(ticket, column.slice('field.'.length)) : ''
  }
}

function ownText(ticket: Ticket, key: string) {
  const said = saidOf(key, (ticket.fields as Record<string, unknown>)[key])
  return said && `${fieldName(key)}: ${said}`
}

const ranks = ['urgent', 'high', 'normal', 'low']
const categories = ['new', 'open', 'waiting', 'resolved', 'closed']

/** The heading under which a ticket stands, and its place among the headings. */
export function headingOf(ticket: Ticket, group: string, t: Words): { text: string; place: string } {
  switch (group) {
    case 'state': return { text: stateName(ticket), place: `${categories.indexOf(ticket.category)} ${stateName(ticket)}` }
    case 'priority': return { text: t(`priority.${ticket.priority}`), place: String(ranks.indexOf(ticket.priority)) }
    case 'team': return { text: ticket.team?.name ?? '', place: ticket.team?.name ?? '' }
    case 'assignee': return { text: ticket.assignee?.name ?? t('ticket.nobody'), place: ticket.assignee ? `1 ${ticket.assignee.name}` : '0' }
    case 'channel': return { text: t(`channel.${ticket.channel}`), place: ticket.channel }
    default: return { text: '', place: '' }
  }
}

/** Rows of one heading stand together, each group in the order of the list. */
export function grouped(tickets: Ticket[], group: string, t: Words): Ticket[] {
  if (group === 'none') return tickets
  return [...tickets].map(ticket => ({ ticket, place: headingOf(ticket, group, t).place })).sort((one, other) => one.place.localeCompare(other.place)).map(each => each.ticket)
}
