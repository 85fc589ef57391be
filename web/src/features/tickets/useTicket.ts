/** The open ticket with its conversation. Changes show at once and are taken back when the server refuses. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { http, Problem, type Page } from '@/api/http'
import { follow } from '@/api/live'
import { me } from '@/api/session'
import type { Message, Recording, Ticket, TicketPatch } from '@/api/types'
import { sayFailure, wordsOf } from '@/ui/words'
import { differences, type Change } from './changes'

interface Opened { ticket: Ticket; messages: Message[] }
/** A wish that came too late: what it was, what had changed meanwhile, who had been faster. */
export interface Late { wish: TicketPatch; shown: Partial<Ticket>; changes: Change[]; by: number | null }

/** Conversations read before or soon: walking the list must not wait for the server. */
const kept = new Map<number, Opened>()
const KEEP = 24
watch(() => me.value?.id, () => kept.clear())

function keep(id: number, opened: Opened) {
  kept.delete(id)
  kept.set(id, opened)
  if (kept.size > KEEP) kept.delete(kept.keys().next().value!)
}

async function allMessages(id: number) {
  const found: Message[] = []
  for (;;) {
    const page = await http.get<Page<Message>>(`/tickets/${id}/messages`, { limit: 200, after: found.at(-1)?.id })
    found.push(...page.items)
    if (!page.next || !page.items.length) return found
  }
}

async function fetchOne(id: number): Promise<Opened> {
  const [ticket, messages] = await Promise.all([http.get<Ticket>(`/tickets/${id}`), allMessages(id)])
  const opened = { ticket, messages }
  keep(id, opened)
  return opened
}

/** Reads what is likely to be opened next. */
export async function prefetch(ids: number[]) {
  for (const id of ids) if (!kept.has(id)) await fetchOne(id).catch(() => {})
}

/** Who only walks past a ticket has not read it. */
const GLANCE = 1000

export function useTicket(id: Ref<number>, changed: (ticket: Ticket) => void, seen: (id: number) => void) {
  const ticket = shallowRef<Ticket | null>(null)
  const messages = shallowRef<Message[]>([])
  const failure = ref('')
  /** The old content stays for a moment; it can't be changed any more. */
  const loading = ref(false)
  const late = shallowRef<Late | null>(null)
  let stop = () => {}
  let timer = 0
  let patience = 0
  let glance = 0

  function show(opened: Opened) {
    clearTimeout(patience)
    loading.value = false
    failure.value = ''
    ticket.value = opened.ticket
    messages.value = opened.messages
  }

  async function load() {
    const asked = id.value
    if (!asked) return
    try {
      const opened = await fetchOne(asked)
      if (asked !== id.value) return
      show(opened)
      changed(opened.ticket)
    } catch (cause) {
      if (asked !== id.value || cause instanceof Problem && [0, 401].includes(cause.status) && ticket.value?.id === asked) return
      ticket.value = null
      loading.value = false
      failure.value = wordsOf(cause)
    }
  }

  async function markSeen() {
    if (document.visibilityState !== 'visible' || !id.value || glance) return
    seen(id.value)
    await http.post(`/tickets/${id.value}/seen`).catch(() => {})
  }

  function take(after: Ticket) {
    const known = kept.get(after.id)
    if (known) keep(after.id, { ...known, ticket: after })
    if (id.value === after.id) ticket.value = after
    changed(after)
  }

  /** Somebody was faster: shows the new state and what it changed, and lets the person decide. */
  async function weigh(before: Ticket, wish: TicketPatch, shown: Partial<Ticket>) {
    await load()
    const now = ticket.value
    if (now?.id !== before.id) return
    const by = await http.get<Page<Recording>>(`/tickets/${before.id}/history`, { limit: 1 }).catch(() => null)
    const last = by?.items[0]
    late.value = { wish, shown, changes: differences(before, now), by: last?.actor_kind === 1 ? last.actor_id : null }
  }

  /** Changes made faster than the server answers follow one another; each stands on what the one before has made. */
  let line: Promise<unknown> = Promise.resolve()
  let own: Ticket | null = null
  function patch(wish: TicketPatch, shown: Partial<Ticket> = {}): Promise<Ticket | null> {
    const before = ticket.value
    if (!before || before.id !== id.value) return Promise.resolve(null)
    late.value = null
    ticket.value = { ...before, ...shown }
    changed(ticket.value)
    const turn = line.then(() => send(before, wish, shown))
    line = turn
    return turn
  }

  async function send(before: Ticket, wish: TicketPatch, shown: Partial<Ticket>): Promise<Ticket | null> {
    if (id.value === before.id && ticket.value) ticket.value = { ...ticket.value, ...shown }
    const version = own?.id === before.id ? Math.max(own.version, before.version) : before.version
    try {
      const after = own = await http.patch<Ticket>(`/tickets/${before.id}`, wish, version)
      take(after)
      return after
    } catch (cause) {
      take(before)
      if (cause instanceof Problem && cause.code === 'ticket_stale') await weigh(before, wish, shown)
      else { sayFailure(cause); if (id.value === before.id) load() }
      return null
    }
  }

  /** Takes a change back, wherever the person is by now. */
  async function revert(after: Ticket, wish: TicketPatch) {
    try {
      const restored = await http.patch<Ticket>(`/tickets/${after.id}`, wish, after.version)
      take(restored)
      return restored
    } catch (cause) { sayFailure(cause); return null }
  }

  function setWatching(watching: boolean) { if (ticket.value) take({ ...ticket.value, watching }) }

  function putMessage(message: Message) {
    const rest = messages.value.filter(each => each.id !== message.id)
    messages.value = [...rest, message].sort((one, other) => one.id - other.id)
    if (ticket.value) keep(ticket.value.id, { ticket: ticket.value, messages: messages.value })
  }

  watch(id, now => {
    stop()
    stop = () => {}
    clearTimeout(timer)
    clearTimeout(patience)
    clearTimeout(glance)
    late.value = null
    failure.value = ''
    const known = kept.get(now)
    if (known) show(known)
    else if (now && ticket.value) { loading.value = true; patience = window.setTimeout(() => { ticket.value = null; messages.value = [] }, 300) }
    else { ticket.value = null; messages.value = [] }
    if (!now) return
    loading.value = !known
    load()
    glance = window.setTimeout(() => { glance = 0; markSeen() }, GLANCE)
    stop = follow(`ticket:${now}`, event => {
      if (event !== 'resync' && event.ticket !== now && !(/^(access|snooze)\./.test(event.kind) && event.data?.ticket === now)) return
      clearTimeout(timer)
      timer = window.setTimeout(() => load().then(markSeen), 60)
    })
  }, { immediate: true })
  /** What changed elsewhere is read anew when it is opened. */
  const forget = follow('inbox', event => { if (event === 'resync') kept.clear(); else if (event.ticket && event.ticket !== id.value) kept.delete(event.ticket) })
  onScopeDispose(() => { stop(); forget(); clearTimeout(timer); clearTimeout(patience); clearTimeout(glance) })
  return { ticket, messages, failure, loading, late, load, patch, revert, putMessage, setWatching, put: take }
}
