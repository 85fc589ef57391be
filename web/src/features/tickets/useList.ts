/** The tickets of one view, page by page, kept fresh. What comes or goes waits until the list is idle, so that no row moves under
 *  the pointer. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { follow } from '@/api/live'
import { me } from '@/api/session'
import type { Ticket } from '@/api/types'
import { wordsOf } from '@/ui/words'
import { placeOf } from './places'
import { belongs, merge, viewOf } from './views'

const IDLE = 2000
/** What a list looked like when it was left: shown at once by who comes back. */
const left = new Map<string, Ticket[]>()
const KEEP = 12
function leave(name: string, tickets: Ticket[]) {
  left.delete(name)
  left.set(name, tickets)
  if (left.size > KEEP) left.delete(left.keys().next().value!)
}
/** The question behind the hits of a search, which are a list too. */
export interface Question { q: string; sort: string }

export function useList(view: Ref<string>, sort: Ref<string>, selected: Ref<number>, question: Ref<Question>) {
  const tickets = shallowRef<Ticket[]>([])
  const loading = ref(true)
  const failure = ref('')
  const newer = ref(0)
  let gone = 0
  let next: string | null = null
  let running: AbortController | null = null
  let timer = 0
  let idle = 0
  let touched = 0
  const hidden = new Set<number>()

  const found = computed(() => view.value === 'found')
  const name = computed(() => `${me.value?.id} ${view.value} ${found.value ? `${question.value.q} ${question.value.sort}` : sort.value}`)
  function part(limit: number, cursor: string | null, signal?: AbortSignal) {
    const { path, query } = found.value ? { path: '/search', query: { ...question.value } } : { path: viewOf(view.value).path, query: { ...viewOf(view.value).query, sort: sort.value } }
    return http.get<Page<Ticket>>(path, { ...query, limit, cursor }, signal)
  }
  /** A page of a saved view may end early: a few of them together make one of the list. */
  const PARTS = 8
  async function ask(limit: number, cursor: string | null, signal?: AbortSignal) {
    const page = await part(limit, cursor, signal)
    for (let i = 1; i < PARTS && page.next && page.items.length < limit / 2; i++) {
      const more = await part(limit - page.items.length, page.next, signal)
      page.items.push(...more.items)
      page.next = more.next
    }
    return page
  }
  const depth = () => Math.min(200, Math.max(50, tickets.value.length, placeOf(name.value).rows))
  const fits = (ticket: Ticket) => belongs(view.value, ticket, me.value?.id ?? 0)

  /** The open ticket keeps its place, even in a list that it has left, until another one is opened. */
  function withOpen(fresh: Ticket[]) {
    const at = tickets.value.findIndex(each => each.id === selected.value)
    return at < 0 || fresh.some(each => each.id === selected.value) ? fresh : fresh.toSpliced(at, 0, tickets.value[at])
  }

  async function load() {
    running?.abort()
    const mine = running = new AbortController()
    failure.value = ''
    try {
      const page = await ask(depth(), null, mine.signal)
      tickets.value = withOpen(page.items)
      next = page.next
      newer.value = gone = 0
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

  /** Brings what is shown up to date without moving a row; the rest waits. */
  async function refresh() {
    if (found.value) return
    const asked = view.value
    const page = await ask(depth(), null).catch(() => null)
    if (!page || asked !== view.value) return
    if (failure.value || !tickets.value.length) { failure.value = ''; tickets.value = page.items; next = page.next; return }
    const merged = merge(tickets.value, page.items, !page.next, hidden)
    tickets.value = merged.kept
    newer.value = merged.newer
    gone = merged.gone
    settle()
  }

  /** Lets waiting rows in once nobody has touched the list for a while, and only while its top is in sight. */
  let top = true
  function settle() {
    clearTimeout(idle)
    if (!newer.value && !gone || !top) return
    idle = window.setTimeout(load, Math.max(0, touched + IDLE - Date.now()))
  }
  function touch(atTop: boolean) { touched = Date.now(); top = atTop; settle() }

  function put(ticket: Ticket) { tickets.value = tickets.value.map(each => each.id === ticket.id ? { ...each, ...ticket, unread: each.unread } : each) }
  function remove(id: number) { hidden.add(id); tickets.value = tickets.value.filter(each => each.id !== id) }
  function restore(ticket: Ticket, at: number) {
    hidden.delete(ticket.id)
    if (!tickets.value.some(each => each.id === ticket.id)) tickets.value = tickets.value.toSpliced(at, 0, ticket)
  }
  function seen(id: number) { tickets.value = tickets.value.map(each => each.id === id ? { ...each, unread: false } : each) }

  const stop = follow('inbox', () => { clearTimeout(timer); timer = window.setTimeout(refresh, 150) })
  onScopeDispose(() => { stop(); clearTimeout(timer); clearTimeout(idle); running?.abort() })
  watch(selected, id => { if (tickets.value.some(each => each.id !== id && !fits(each))) tickets.value = tickets.value.filter(each => each.id === id || fits(each)) })
  watch(() => JSON.stringify([me.value?.teams, me.value?.permissions]), () => { if (me.value) load() })
  watch(tickets, now => leave(name.value, now))
  watch(name, now => { tickets.value = left.get(now) ?? []; loading.value = !tickets.value.length; clearTimeout(idle); load() }, { immediate: true, flush: 'sync' })
  return { name, fits, tickets, loading, failure, newer, load, more, put, remove, restore, seen, touch }
}
