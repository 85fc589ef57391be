/** Drafts live in the browser at once and on the server soon after, so that neither a crash nor another desk loses one. */
import { openDB } from 'idb'
import { shallowRef } from 'vue'
import { http, type Page } from '@/api/http'
import type { Audience, DraftMark, Upload } from '@/api/types'
import type { Named } from './mentions'

/** What the composer keeps. The server holds it without looking into it. */
export interface DraftForm { html: string; text: string; to: string; cc: string; bcc: string; files: Upload[]; named?: Named[] }
export interface Draft { audience: Audience; content: { public?: DraftForm; internal?: DraftForm; saved: number } }

const base = () => openDB('theke', 1, { upgrade: store => { store.createObjectStore('draft') } })

/** A page that goes away can't wait for the database: what is written then stays here until the database has it. */
const stashName = (key: string) => `draft:${key}`
export function stashDraft(key: string, draft: Draft) {
  try { localStorage.setItem(stashName(key), JSON.stringify(draft)) } catch { /* full: the database is on its way as well */ }
}
const stashed = (key: string) => JSON.parse(localStorage.getItem(stashName(key)) ?? 'null') as Draft | null ?? undefined

/** Tickets in which a draft of the reader's waits, here or on the server. */
export const drafted = shallowRef<Set<number>>(new Set())
export async function loadDrafts(reader: number) {
  const [page, keys] = await Promise.all([http.get<Page<DraftMark>>('/drafts').catch(() => null), base().then(store => store.getAllKeys('draft')).catch(() => [])])
  const here = [...keys.map(String), ...Object.keys(localStorage).filter(each => each.startsWith('draft:')).map(each => each.slice(6))]
    .filter(each => each.startsWith(`${reader}:`)).map(each => Number(each.split(':')[1]))
  if (page) drafted.value = new Set([...page.items.map(each => each.ticket_id), ...here])
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

/** A draft that comes late stands before what was typed meanwhile, unless it is the beginning of just that. */
export function joined(kept: DraftForm, typed: DraftForm): DraftForm {
  if (isBlank(typed)) return isBlank(kept) ? typed : kept
  const files = [...typed.files, ...kept.files.filter(each => !typed.files.some(other => other.id === each.id))]
  if (typed.text.includes(kept.text.trim())) return { ...typed, files }
  return { html: kept.html + typed.html, text: `${kept.text}\n\n${typed.text}`, to: typed.to || kept.to, cc: typed.cc || kept.cc, bcc: typed.bcc || kept.bcc, files, named: [...kept.named ?? [], ...typed.named ?? []] }
}

export async function keepDraft(key: string, ticket: number, draft: Draft) {
  mark(ticket, true)
  await (await base()).put('draft', JSON.parse(JSON.stringify(draft)), key)
  if ((stashed(key)?.content.saved ?? 0) <= draft.content.saved) localStorage.removeItem(stashName(key))
}

export async function dropDraft(key: string, ticket: number) {
  mark(ticket, false)
  localStorage.removeItem(stashName(key))
  await (await base()).delete('draft', key)
  await http.delete(`/tickets/${ticket}/draft`).catch(() => {})
}

/** Drops the one text that has been sent; the other stays. */
export async function dropForm(key: string, ticket: number, audience: Audience) {
  const found = await base().then(store => store.get('draft', key) as Promise<Draft | undefined>).catch(() => undefined)
  if (!found) return
  const forms = { ...formsOf(found), [audience]: emptyForm() }
  if (isBlank(forms.public) && isBlank(forms.internal)) await dropDraft(key, ticket)
  else await keepDraft(key, ticket, { ...found, content: { ...forms, saved: Date.now() } })
}

export function newerDraft(here: Draft | undefined, there: Draft | undefined): Draft | undefined {
  if (!here || !there) return here ?? there
  return (here.content.saved ?? 0) >= (there.content.saved ?? 0) ? here : there
}

/** The server is asked for a draft only where it has said that there is one. */
async function draftThere(ticket: number) {
  const page = await http.get<Page<DraftMark>>('/drafts').catch(() => null)
  if (!page?.items.some(each => each.ticket_id === ticket)) return undefined
  return http.get<Draft>(`/tickets/${ticket}/draft`).catch(() => undefined)
}

export async function findDraft(key: string, ticket: number): Promise<Draft | undefined> {
  const [here, there] = await Promise.all([base().then(store => store.get('draft', key) as Promise<Draft | undefined>).catch(() => undefined), draftThere(ticket)])
  return newerDraft(newerDraft(here, stashed(key)), there)
}

/** Without hurry the answer is waited for; a page that goes away can only post its letter. */
export const sendDraft = (ticket: number, draft: Draft, keepalive = false) => http.put(`/tickets/${ticket}/draft`, draft, { keepalive })
