/** Drafts live in the browser at once and on the server soon after, so that neither a crash nor another desk loses one. */
import { openDB } from 'idb'
import { shallowRef } from 'vue'
import { http, Problem, type Page } from '@/api/http'
import type { Audience, DraftMark, Upload } from '@/api/types'

/** What the composer keeps. The server holds it without looking into it. */
export interface DraftForm { html: string; text: string; to: string; cc: string; bcc: string; files: Upload[] }
export interface Draft { audience: Audience; content: { public?: DraftForm; internal?: DraftForm; saved: number } }

const base = () => openDB('theke', 1, { upgrade: store => { store.createObjectStore('draft') } })

/** Tickets in which a draft of the reader's waits. */
export const drafted = shallowRef<Set<number>>(new Set())
export async function loadDrafts() {
  const page = await http.get<Page<DraftMark>>('/drafts').catch(() => null)
  if (page) drafted.value = new Set(page.items.map(each => each.ticket_id))
}
function mark(ticket: number, has: boolean) {
  if (drafted.value.has(ticket) === has) return
  const next = new Set(drafted.value)
  if (has) next.add(ticket)
  else next.delete(ticket)
  drafted.value = next
}

export const emptyForm = (): DraftForm => ({ html: '', text: '', to: '', cc: '', bcc: '', files: [] })
export const isBlank = (form: DraftForm | undefined) => !form || !form.text.trim() && !form.files.length

/** Reply and note are two texts: what is meant for colleagues never slips into the answer. */
export function formsOf(draft: Draft): Record<Audience, DraftForm> {
  return { public: { ...emptyForm(), ...draft.content.public }, internal: { ...emptyForm(), ...draft.content.internal } }
}

export async function keepDraft(key: string, ticket: number, draft: Draft) {
  mark(ticket, true)
  await (await base()).put('draft', JSON.parse(JSON.stringify(draft)), key)
}

export async function dropDraft(key: string, ticket: number) {
  mark(ticket, false)
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
