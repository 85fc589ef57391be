/** Answers and notes that were sent without a connection: they leave in their order as soon as there is one. Until then their drafts
 *  stay, so that what is taken back or refused is not lost. */
import { openDB } from 'idb'
import { watch } from 'vue'
import { http, Problem } from '@/api/http'
import { connected } from '@/api/live'
import { outbox, unsent, type Unsent } from '@/api/outbox'
import { me } from '@/api/session'
import type { Message, Ticket } from '@/api/types'
import { i18n } from '@/i18n'
import { slip } from '@/ui/format'
import { showToast } from '@/ui/toast'
import { wordsOf } from '@/ui/words'
import { dropForm } from './drafts'

const AGAIN = 5000
const base = openDB('theke-outbox', 1, { upgrade: store => { store.createObjectStore('unsent', { keyPath: 'once' }) } })
/** Who is told when something has left, or was refused; true: the draft is taken care of. */
type Heard = (one: Unsent, message: Message | null, why: string) => boolean
const hearers = new Set<Heard>()
export function onLeft(act: Heard) { hearers.add(act); return () => { hearers.delete(act) } }
let running = false
let timer = 0

export async function keepUnsent(one: Unsent) {
  outbox.value = [...outbox.value, one]
  await base.then(store => store.put('unsent', JSON.parse(JSON.stringify(one)))).catch(() => {})
  later()
}
export async function takeBack(one: Unsent) {
  outbox.value = outbox.value.filter(each => each.once !== one.once)
  await base.then(store => store.delete('unsent', one.once)).catch(() => {})
}
function later() { clearTimeout(timer); timer = window.setTimeout(flush, AGAIN) }

async function left(one: Unsent, message: Message) {
  await takeBack(one)
  const heard = [...hearers].map(act => act(one, message, '')).some(Boolean)
  if (!heard) await dropForm(`${one.staff}:${one.ticket}`, one.ticket, one.audience)
  showToast({ text: i18n.global.t('outbox.left', { number: slip(one) }) }, 4000)
  /* What else waits for this ticket was written for the ticket as it was before our own answer. */
  const others = unsent.value.filter(each => each.ticket === one.ticket)
  if (others.length) await http.get<Ticket>(`/tickets/${one.ticket}`).then(({ version }) => others.forEach(each => { each.body.ticket_version = version })).catch(() => {})
}
async function refuse(one: Unsent, cause: unknown) {
  await takeBack(one)
  const why = wordsOf(cause)
  if (![...hearers].map(act => act(one, null, why)).some(Boolean)) showToast({ text: i18n.global.t('outbox.refused', { number: slip(one), why }), failed: true }, 20_000)
}
/** The answer to the first attempt may be what got lost: then the message is there under its key, without the version. */
async function post(one: Unsent) {
  const send = (body: object) => http.post<Message>(`/tickets/${one.ticket}/messages`, body, { once: one.once })
  try { return await send(one.body) } catch (cause) {
    if (!(cause instanceof Problem && cause.code === 'idempotency_mismatch')) throw cause
    const { ticket_version: _, ...first } = one.body
    return send(first)
  }
}
/** Sends in order, and stops where there is no connection. */
export async function flush() {
  if (running || !unsent.value.length) return
  running = true
  try {
    for (let one = unsent.value[0]; one; one = unsent.value[0]) {
      try { await left(one, await post(one)) } catch (cause) {
        if (cause instanceof Problem && ([0, 401, 429].includes(cause.status) || cause.status >= 500)) { later(); return }
        await refuse(one, cause)
      }
    }
  } finally { running = false }
}

base.then(store => store.getAll('unsent')).then(kept => { outbox.value = [...kept as Unsent[], ...outbox.value]; flush() }).catch(() => {})
watch([connected, () => me.value?.id], ([now]) => { if (now) flush() })
