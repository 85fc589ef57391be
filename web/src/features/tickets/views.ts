import type { Ticket } from '@/api/types'

/** A view's name, as it stands in the address, and the question to the server behind it. */
export interface View { key: string; query: Record<string, string> }

export function viewOf(key: string): View {
  const team = /^team-(\d+)$/.exec(key)
  if (team) return { key, query: { state: 'active', team: team[1] } }
  const queries: Record<string, Record<string, string>> = {
    mine: { state: 'active', assignee: 'me' },
    unassigned: { state: 'active', assignee: 'none' },
    open: { state: 'active' },
    waiting: { state: 'waiting' },
    resolved: { state: 'resolved' },
    spam: { spam: 'true' },
    all: { state: 'all' },
    drafts: { draft: 'true', state: 'all' },
  }
  return { key, query: queries[key] ?? queries.open }
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
