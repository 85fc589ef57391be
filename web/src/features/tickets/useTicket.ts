/** The open ticket with its conversation. Changes show at once and are taken back when the server refuses. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { follow } from '@/api/live'
import type { Message, Ticket, TicketPatch } from '@/api/types'
import { sayFailure, wordsOf } from '@/ui/words'

async function allMessages(id: number) {
  const found: Message[] = []
  for (;;) {
    const page = await http.get<Page<Message>>(`/tickets/${id}/messages`, { limit: 200, after: found.at(-1)?.id })
    found.push(...page.items)
    if (!page.next || !page.items.length) return found
  }
}

export function useTicket(id: Ref<number>, changed: (ticket: Ticket) => void) {
  const ticket = shallowRef<Ticket | null>(null)
  const messages = shallowRef<Message[]>([])
  const failure = ref('')
  let stop = () => {}
  let timer = 0

  async function load() {
    const asked = id.value
    if (!asked) return
    try {
      const [one, all] = await Promise.all([http.get<Ticket>(`/tickets/${asked}`), allMessages(asked)])
      if (asked !== id.value) return
      ticket.value = one
      messages.value = all
      failure.value = ''
      changed(one)
    } catch (cause) { if (asked === id.value) failure.value = wordsOf(cause) }
  }

  async function markSeen() {
    if (document.visibilityState === 'visible' && id.value) await http.post(`/tickets/${id.value}/seen`).catch(() => {})
  }

  async function patch(wish: TicketPatch, shown: Partial<Ticket> = {}) {
    const before = ticket.value
    if (!before) return false
    ticket.value = { ...before, ...shown }
    try {
      const after = await http.patch<Ticket>(`/tickets/${before.id}`, wish, before.version)
      if (id.value === after.id) ticket.value = after
      changed(after)
      return true
    } catch (cause) {
      if (id.value === before.id) { ticket.value = before; load() }
      sayFailure(cause)
      return false
    }
  }

  function putMessage(message: Message) {
    const rest = messages.value.filter(each => each.id !== message.id)
    messages.value = [...rest, message].sort((one, other) => one.id - other.id)
  }

  watch(id, now => {
    stop()
    clearTimeout(timer)
    ticket.value = null
    messages.value = []
    failure.value = ''
    if (!now) return
    load().then(markSeen)
    stop = follow(`ticket:${now}`, event => {
      if (event !== 'resync' && event.ticket !== now) return
      clearTimeout(timer)
      timer = window.setTimeout(() => load().then(markSeen), 100)
    })
  }, { immediate: true })
  onScopeDispose(() => { stop(); clearTimeout(timer) })
  return { ticket, messages, failure, load, patch, putMessage }
}
