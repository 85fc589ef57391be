/** What changes in a ticket, in words, and the way back. */
import { fieldName, saidOf } from '@/api/fields'
import { staffName, states, teams } from '@/api/directory'
import type { Locale, Ticket, TicketPatch } from '@/api/types'
import { day } from '@/ui/format'
import { i18n } from '@/i18n'

/** label: of a field of the house. */
export interface Change { field: string; from: string; to: string; label?: string }
/** A field's values before and after, as events record them: ids, keys, lists. */
export type Recorded = Record<string, [unknown, unknown]>

const names: Record<string, (value: unknown) => string> = {
  state: value => states.value.find(each => each.key === value)?.labels.agent[i18n.global.locale.value as Locale] ?? String(value ?? ''),
  assignee: value => value ? staffName(value as number) ?? `#${value}` : i18n.global.t('ticket.nobody'),
  team: value => teams.value.find(each => each.id === value)?.name ?? `#${value}`,
  priority: value => i18n.global.t(`priority.${value}`),
  waiting_reason: value => value ? i18n.global.t(`waiting.${value}`) : '',
  tags: value => (value as string[] ?? []).join(', '),
  spam: value => i18n.global.t(value === 'yes' ? 'history.yes' : 'history.no'),
  subject: value => String(value ?? ''), checklist: value => (value as string[] ?? []).join('; '),
}
names.owner = names.assignee
/** What was nobody's or nothing before needs no word. */
const before = (field: string, value: unknown) => value === null || value === undefined || field === 'spam' ? '' : names[field](value)
names.waiting_until = value => value ? day(String(value)) : ''

/** Fields that people care for, in the order of the screen; a reason shows with its state, an owner only by itself. */
const fields = ['state', 'waiting_reason', 'waiting_until', 'assignee', 'owner', 'team', 'priority', 'subject', 'tags', 'checklist', 'spam']

export function changesOf(recorded: Recorded): Change[] {
  return fields.filter(field => Array.isArray(recorded[field]) && !(field === 'owner' && recorded.assignee) && !(field === 'waiting_reason' && !recorded[field][1]))
    .map(field => ({ field, from: before(field, recorded[field][0]), to: names[field](recorded[field][1]) } as Change)).concat(ownChangesOf(recorded))
}

function ownChangesOf(recorded: Recorded): Change[] {
  return Object.keys(recorded).filter(field => field.startsWith('field.')).map(field => {
    const key = field.slice('field.'.length), [from, to] = recorded[field]
    return { field, label: fieldName(key), from: saidOf(key, from), to: saidOf(key, to) }
  })
}

const values = (ticket: Ticket, own: string[]): Record<string, unknown> => ({
  state: ticket.state, waiting_reason: ticket.waiting_reason ?? null, assignee: ticket.assignee?.id ?? null, owner: ticket.owner?.id ?? null,
  team: ticket.team?.id ?? null, priority: ticket.priority, subject: ticket.subject, tags: ticket.tags, spam: ticket.is_spam ? 'yes' : 'no',
  ...Object.fromEntries(own.map(key => [`field.${key}`, (ticket.fields as Record<string, unknown>)[key] ?? null])),
})

/** What differs between two states of a ticket. */
export function differences(before: Ticket, after: Ticket): Change[] {
  const keys = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])]
  const one = values(before, keys), other = values(after, keys)
  return changesOf(Object.fromEntries(Object.keys(one).filter(key => JSON.stringify(one[key]) !== JSON.stringify(other[key])).map(key => [key, [one[key], other[key]]])))
}

/** The wish that takes another wish back. */
export function wayBack(before: Ticket, wish: TicketPatch): TicketPatch {
  const back: TicketPatch = {}
  if ('state' in wish) {
    back.state = before.state
    if (before.category === 'waiting') { back.waiting_reason = before.waiting_reason ?? 'customer'; back.waiting_until = before.waiting_until_at ?? undefined }
  }
  if ('requester' in wish) back.requester = before.requester.id
  if ('assignee' in wish) back.assignee = before.assignee?.id ?? null
  if ('team' in wish) back.team = before.team?.id
  if ('priority' in wish) back.priority = before.priority
  if ('tags' in wish) back.tags = before.tags
  if ('subject' in wish) back.subject = before.subject
  if (wish.fields) back.fields = Object.fromEntries(Object.keys(wish.fields).map(key => [key, (before.fields as Record<string, unknown>)[key] ?? null])) as never
  if ('is_spam' in wish) back.is_spam = before.is_spam
  return back
}
