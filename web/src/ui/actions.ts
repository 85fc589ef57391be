/** What can be done to tickets under one name, as rows of a form and in words. */
import { colleagues, states, teams } from '@/api/directory'
import type { MacroAction } from '@/api/macros'
import type { ReplyRow } from '@/api/replies'
import type { Locale } from '@/api/types'

export const kinds = ['reply', 'note', 'state', 'snooze', 'priority', 'team', 'assignee', 'add_tags', 'remove_tags', 'checklist', 'spam', 'not_spam'] as const
export type Kind = MacroAction['kind']
export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export const reasons = ['customer', 'third_party', 'date', 'internal'] as const

export const isWaiting = (state: string | undefined) => states.value.find(each => each.key === state)?.category === 'waiting'

/** What an action begins with, so that it says something at once. */
export function emptyAction(kind: Kind, replies: ReplyRow[]): MacroAction {
  switch (kind) {
    case 'state': return { kind, state: 'resolved' }
    case 'snooze': return { kind, days: 1 }
    case 'priority': return { kind, priority: 'high' }
    case 'team': return { kind, team: teams.value[0]?.id }
    case 'assignee': return { kind, assignee: 'me' }
    case 'note': return { kind, html: '' }
    case 'reply': return { kind, reply: replies[0]?.id }
    case 'checklist': return { kind, items: [] }
    case 'spam': case 'not_spam': return { kind }
    default: return { kind, tags: [] }
  }
}

/** One item a line; empty lines say nothing. */
export const linesOf = (text: string) => text.split('\n').map(each => each.trim()).filter(Boolean)

/** Only what belongs to the chosen state. */
export function cleaned(action: MacroAction): MacroAction {
  if (action.kind !== 'state') return action
  const { kind, state, reason, days } = action
  if (!isWaiting(state)) return { kind, state }
  return { kind, state, reason: reason ?? 'customer', ...(reason === 'date' ? { days: days ?? 1 } : {}) }
}

type Say = (key: string, values?: Record<string, unknown>, count?: number) => string

export function wordsFor(action: MacroAction, replies: ReplyRow[], locale: Locale, t: Say): string {
  const state = () => states.value.find(each => each.key === action.state)?.labels.agent[locale] ?? action.state ?? ''
  const person = () => action.assignee === 'me' ? t('macros.me') : action.assignee === 'nobody' ? t('macros.nobody') : colleagues.value.find(each => String(each.id) === action.assignee)?.name ?? `#${action.assignee}`
  const value: Record<Kind, () => string> = {
    state, priority: () => t(`macros.priority_${action.priority}`), assignee: person, team: () => teams.value.find(each => each.id === action.team)?.name ?? `#${action.team}`,
    add_tags: () => (action.tags ?? []).join(', '), remove_tags: () => (action.tags ?? []).join(', '), note: () => '', checklist: () => (action.items ?? []).join('; '), spam: () => '', not_spam: () => '', snooze: () => t('macros.inDays', {}, action.days ?? 1),
    reply: () => replies.find(each => each.id === action.reply)?.name ?? `#${action.reply}`,
  }
  return [t(`macros.kind_${action.kind}`), value[action.kind]()].filter(Boolean).join(': ')
}
