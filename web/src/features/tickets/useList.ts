/** The tickets of one view, page by page, kept fresh. New ones gather on top until they are asked for. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { follow } from '@/api/live'
import type { Ticket } from '@/api/types'
import { wordsOf } from '@/ui/words'
import { viewOf } from './views'

export function useList(view: Ref<string>, sort: Ref<string>) {
  const tickets = shallowRef<Ticket[]>([])
  const loading = ref(true)
  const failure = ref('')
  const newer = ref(0)
  let next: string | null = null
  let running: AbortController | null = null
  let timer = 0
  const hidden = new Set<number>()

  const ask = (limit: number, cursor: string | null, signal?: AbortSignal) =>
    http.get<Page<Ticket>>('/tickets', { ...viewOf(view.value).query, sort: sort.value, limit, cursor }, signal)

  async function load() {
    running?.abort()
    running = new AbortController()
    failure.value = ''
    try {
      const page = await ask(50, null, running.signal)
      tickets.value = page.items
      next = page.next
      newer.value = 0
      hidden.clear()
    } catch (cause) {
      if ((cause as Error).name === 'AbortError') return
      failure.value = wordsOf(cause)
    }
    loading.value = false
  }

  let paging = false
  async function more() {
    if (!next || paging || failure.value) return
    paging = true
    const asked = view.value
    try {
      const page = await ask(100, next)
      if (asked !== view.value) return
      const known = new Set(tickets.value.map(each => each.id))
      tickets.value = [...tickets.value, ...page.items.filter(each => !known.has(each.id))]
      next = page.next
    } catch (cause) { failure.value = wordsOf(cause) } finally { paging = false }
  }

  /** Brings what is shown up to date without moving a row; what is new is only counted. */
  async function refresh() {
    const page = await ask(Math.min(200, Math.max(50, tickets.value.length)), null).catch(() => null)
    if (!page) return
    if (!tickets.value.length) { tickets.value = page.items; next = page.next; return }
    const fresh = new Map(page.items.map(each => [each.id, each]))
    const known = new Set(tickets.value.map(each => each.id))
    const whole = !page.next
    tickets.value = tickets.value.map(each => fresh.get(each.id) ?? each).filter(each => !whole || fresh.has(each.id))
    newer.value = page.items.filter(each => !known.has(each.id) && !hidden.has(each.id)).length
  }

  function put(ticket: Ticket) { tickets.value = tickets.value.map(each => each.id === ticket.id ? { ...each, ...ticket, unread: ticket.unread } : each) }
  function remove(id: number) { hidden.add(id); tickets.value = tickets.value.filter(each => each.id !== id) }
  function seen(id: number) { tickets.value = tickets.value.map(each => each.id === id ? { ...each, unread: false } : each) }

  const stop = follow('inbox', () => { clearTimeout(timer); timer = window.setTimeout(refresh, 200) })
  onScopeDispose(() => { stop(); clearTimeout(timer); running?.abort() })
  watch([view, sort], () => { loading.value = true; tickets.value = []; load() }, { immediate: true })
  return { tickets, loading, failure, newer, load, more, put, remove, seen }
}
