/** Drafts live in the browser at once and on the server soon after, so that neither a crash nor another desk loses one. */
import { openDB } from 'idb'
import { http, Problem } from '@/api/http'
import type { Draft } from '@/api/types'

const base = () => openDB('theke', 1, { upgrade: store => { store.createObjectStore('draft') } })

export async function keepDraft(key: string, draft: Draft) { await (await base()).put('draft', JSON.parse(JSON.stringify(draft)), key) }
export async function dropDraft(key: string, ticket: number) {
  await (await base()).delete('draft', key)
  await http.delete(`/tickets/${ticket}/draft`).catch(() => {})
}

export function newerDraft(here: Draft | undefined, there: Draft | undefined): Draft | undefined {
  if (!here || !there) return here ?? there
  return (here.content.saved ?? 0) >= (there.content.saved ?? 0) ? here : there
}

export async function findDraft(key: string, ticket: number): Promise<Draft | undefined> {
  const [here, there] = await Promise.all([
    base().then(store => store.get('draft', key) as Promise<Draft | undefined>).catch(() => undefined),
    http.get<Draft>(`/tickets/${ticket}/draft`).catch(cause => { if (cause instanceof Problem) return undefined; throw cause }),
  ])
  return newerDraft(here, there)
}

export const sendDraft = (ticket: number, draft: Draft) => http.put(`/tickets/${ticket}/draft`, draft)
