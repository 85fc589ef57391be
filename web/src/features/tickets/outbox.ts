/** Answers and notes that were sent without a connection: they leave in their order as soon as there is one. Until then their drafts
 *  stay, so that what is taken back or refused is not lost. */
import { openDB } from 'idb'
import { watch } from 'vue'
import { http, Problem } from '@/api/http'
import { connected } from '@/api/live'
import { unsent, type Unsent } from '@/api/outbox'
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
  unsent.value = [...unsent.value, one]
  await (await base).put('unsent', JSON.parse(JSON.stringify(one))).catch(() => {})
  later()
}
export async function takeBack(one: Unsent) {
  unsent.value = unsent.value.filter(each => each.once !== one.once)
  await (await base).delete('unsent', one.once).catch(() => {})
}
function later() { clearTimeout(timer); timer = window.setTimeout(flush, AGAIN) }

async function left(one: Unsent, message: Message) {
  await takeBack(one)
  const heard = [...hearers].map(act => act(one, message, '')).some(Boolean)
  if (!heard) await dropForm(`${one.staff}:${one.ticket}`, one.ticket, one.audience)
  showToast({ text: i18n.global.t('outbox.left', { number: slip(one.number) }) }, 4000)
  /* What else waits for this ticket was written for the ticket as it was before our own answer. */
  const others = unsent.value.filter(each => each.ticket === one.ticket)
  if (others.length) await http.get<Ticket>(`/tickets/${one.ticket}`).then(({ version }) => others.forEach(each => { each.body.ticket_version = version })).catch(() => {})
}
async function refuse(one: Unsent, cause: unknown) {
  await takeBack(one)
  const why = wordsOf(cause)
  if (![...hearers].map(act => act(one, null, why)).some(Boolean)) showToast({ text: i18n.global.t('outbox.refused', { number: slip(one.number), why }), failed: true }, 20_000)
}
/** Sends in order, and stops where there is no connection. */
export async function flush() {
  if (running || !unsent.value.length) return
  running = true
  try {
    for (const one of unsent.value.filter(each => each.staff === me.value?.id)) {
      try { await left(one, await http.post<Message>(`/tickets/${one.ticket}/messages`, one.body, { once: one.once })) } catch (cause) {
        if (cause instanceof Problem && (cause.code === 'offline' || cause.status === 401 || cause.status >= 500)) { later(); return }
        await refuse(one, cause)
      }
    }
  } finally { running = false }
}

base.then(store => store.getAll('unsent')).then(kept => { unsent.value = [...kept as Unsent[], ...unsent.value]; flush() }).catch(() => {})
watch(connected, now => { if (now) flush() })
