import type { Ticket } from '@/api/types'

/** A view's name, as it stands in the address, and the question to the server behind it. */
export interface View { key: string; path: string; query: Record<string, string> }

/** The number of a saved view that is named in the address; 0: it is none. */
export const savedId = (key: string) => Number(/^view-(\d+)$/.exec(key)?.[1] ?? 0)

export function viewOf(key: string): View {
  const team = /^team-(\d+)$/.exec(key)
  const path = savedId(key) ? `/views/${savedId(key)}/tickets` : '/tickets'
  if (savedId(key)) return { key, path, query: {} }
  if (team) return { key, path, query: { state: 'working', team: team[1], awake: 'true' } }
  const queries: Record<string, Record<string, string>> = {
    mine: { state: 'working', assignee: 'me', awake: 'true' },
    unassigned: { state: 'working', assignee: 'none', awake: 'true' },
    open: { state: 'working', awake: 'true' },
    asleep: { asleep: 'true', state: 'all' },
    snoozed: { snoozed: 'true' },
    waiting: { state: 'waiting' },
    resolved: { state: 'resolved' },
    spam: { spam: 'true' },
    all: { state: 'all' },
    drafts: { draft: 'true', state: 'all' },
    watching: { watching: 'true', state: 'all' },
    mentioned: { mentioned: 'true', state: 'all' },
  }
  return { key, path, query: queries[key] ?? queries.open }
}

/** A list of what is to be done now: without what one has put off for oneself. */
export const leavesAsleep = (key: string) => /^(mine|unassigned|open|team-\d+)$/.test(key)

/** The condition that finds what a list without a saved one shows; null: none does. */
export function conditionOf(key: string, words: string, slugOf: (team: number) => string | undefined): string | null {
  const team = /^team-(\d+)$/.exec(key)
  const slug = team ? slugOf(Number(team[1])) : undefined
  if (team) return slug ? `state:working team:${slug}` : null
  const conditions: Record<string, string> = {
    mine: 'state:working assignee:me', unassigned: 'state:working is:unassigned', open: 'state:working', snoozed: 'is:snoozed', waiting: 'state:waiting',
    resolved: 'state:resolved', spam: 'is:spam', all: '', found: words,
    watching: 'watching:me', mentioned: 'mentioned:me',
  }
  return conditions[key] ?? null
}

/** A ticket that was changed may have no place in the view any more. */
export function belongs(key: string, ticket: Ticket, me: number): boolean {
  if (key === 'spam') return ticket.is_spam ?? false
  if (key === 'drafts' || key === 'found' || savedId(key)) return true
  if (ticket.is_spam || ticket.merged_into_id) return false
  const working = (ticket.category === 'new' || ticket.category === 'open') && !ticket.snoozed_until_at
  const rules: Record<string, boolean> = {
    mine: working && ticket.assignee?.id === me, unassigned: working && !ticket.assignee, open: working,
    waiting: ticket.category === 'waiting', snoozed: ticket.category === 'waiting' && !!ticket.waiting_until_at,
    resolved: ticket.category === 'resolved', all: true, watching: ticket.watching ?? false, mentioned: true, asleep: !!ticket.snoozed_until_at,
  }
  return rules[key] ?? (working && `team-${ticket.team?.id}` === key)
}

/** The time that a list is in order by; a list by priority keeps the older one first or last. */
export function timeOf(key: string, sort: string, ticket: Ticket): { what: 'wakes' | 'changed' | 'created' | 'wrote'; at: string } {
  if (key === 'asleep' && ticket.snoozed_until_at) return { what: 'wakes', at: ticket.snoozed_until_at }
  if (key === 'snoozed' && ticket.waiting_until_at) return { what: 'wakes', at: ticket.waiting_until_at }
  if (key === 'found' || key === 'drafts') return { what: 'wrote', at: ticket.last_message_at ?? ticket.updated_at }
  return sort.endsWith('updated_at') ? { what: 'changed', at: ticket.updated_at } : { what: 'created', at: ticket.created_at }
}

/** Addresses typed by a person: parted by commas, semicolons or blanks; null when one of them is none. */
export function addressesOf(text: string): { email: string }[] | null {
  const parts = text.split(/[,;\s]+/).filter(Boolean)
  return parts.every(part => /^[^@\s<>]+@[^@\s<>]+$/.test(part)) ? parts.map(email => ({ email })) : null
}

/** What a fresh page means for the rows on the screen: those kept with their new content, and how many are new. */
export function merge(shown: Ticket[], fresh: Ticket[], whole: boolean, hidden: Set<number>) {
  const news = new Map(fresh.map(each => [each.id, each]))
  const known = new Set(shown.map(each => each.id))
  const kept = shown.map(each => news.get(each.id) ?? each)
  return {
    kept,
    newer: fresh.filter(each => !known.has(each.id) && !hidden.has(each.id)).length,
    gone: whole ? kept.filter(each => !news.has(each.id)).length : 0,
  }
}
