/** What the server finds while somebody types: each answer comes by itself, late ones are dropped. */
import { onScopeDispose, ref, shallowReactive, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { loadMacros, type Macro } from '@/api/macros'
import { findReplies, type ReplyRow } from '@/api/replies'
import { may } from '@/api/session'
import type { Company, ContactRow, Found } from '@/api/types'
import { asked } from '@/ui/asked'
import { scope } from '@/ui/commands'

const SOON = 120, MOST = 8
export interface Answers { tickets: Found[]; people: ContactRow[]; companies: Company[]; replies: ReplyRow[] }

export function useFound(words: Ref<string>) {
  const found = shallowReactive<Answers & { macros: Macro[] }>({ tickets: [], people: [], companies: [], replies: [], macros: [] })
  /** To which words each answer belongs. */
  const answered = shallowReactive<Record<keyof Answers, string>>({ tickets: '', people: '', companies: '', replies: '' })
  const busy = ref(false)
  const failed = ref(false)
  let running = new AbortController()
  let timer = 0

  async function take<K extends keyof Answers>(name: K, q: string, mine: AbortController, ask: Promise<Answers[K]>) {
    const answer = await ask.catch(() => null)
    if (mine !== running) return
    failed.value ||= !answer
    found[name] = (answer ?? []) as never
    answered[name] = q
  }
  const page = async <T>(path: string, query: Record<string, string | number>, signal: AbortSignal) => (await http.get<Page<T>>(path, { ...query, limit: MOST }, signal)).items

  async function ask() {
    running.abort()
    const mine = running = new AbortController(), q = words.value.trim(), { signal } = mine
    failed.value = false
    if (!q) { Object.assign(found, { tickets: [], people: [], companies: [], replies: [] }); busy.value = false; return }
    busy.value = true
    await Promise.all([
      ...may('tickets.read') && asked(q) ? [take('tickets', q, mine, page<Found>('/search', { q: asked(q), sort: '-created_at' }, signal))] : [],
      ...may('people.read') ? [take('people', q, mine, page<ContactRow>('/people', { q }, signal)), take('companies', q, mine, page<Company>('/companies', { q }, signal))] : [],
      ...scope.value?.putReply ? [take('replies', q, mine, findReplies(q, MOST, signal))] : [],
    ])
    if (mine === running) busy.value = false
  }

  const stop = watch(words, () => { clearTimeout(timer); timer = window.setTimeout(ask, SOON) })
  if (scope.value?.pickMacro) loadMacros(scope.value.ticket).then(list => { found.macros = list }, () => {})
  onScopeDispose(() => { stop(); clearTimeout(timer); running.abort() })
  return { found, answered, busy, failed }
}
