/** One search: what is asked, what was found, what is wrong with the question. Late answers are dropped. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { http, Problem, type FieldProblem, type Page } from '@/api/http'
import type { Found } from '@/api/types'
import { wordsOf } from '@/ui/words'
import { plain } from './query'

export type Order = '-created_at' | 'relevance'

export function useSearch(words: Ref<string>, order: Ref<Order>) {
  const hits = shallowRef<Found[]>([])
  const next = ref<string | null>(null)
  const failure = ref('')
  const wrong = shallowRef<FieldProblem | null>(null)
  const asked = ref('')
  const busy = ref(false)
  let running: AbortController | null = null
  let timer = 0

  function clear() {
    hits.value = []
    next.value = wrong.value = null
    asked.value = failure.value = ''
    busy.value = false
  }

  function refuse(cause: unknown) {
    wrong.value = cause instanceof Problem ? cause.errors.find(each => each.field === 'q') ?? null : null
    failure.value = wrong.value ? '' : wordsOf(cause)
  }

  async function ask(cursor: string | null = null) {
    running?.abort()
    const q = plain(words.value)
    if (!q) return clear()
    const mine = running = new AbortController()
    busy.value = true
    try {
      const page = await http.get<Page<Found>>('/search', { q, limit: 50, cursor, sort: order.value }, mine.signal)
      hits.value = cursor ? [...hits.value, ...page.items] : page.items
      next.value = page.next
      failure.value = ''
      wrong.value = null
      asked.value = q
    } catch (cause) { if ((cause as Error).name !== 'AbortError') refuse(cause) } finally { if (running === mine) busy.value = false }
  }

  watch([words, order], () => { clearTimeout(timer); timer = window.setTimeout(ask, 150) })
  onScopeDispose(() => { clearTimeout(timer); running?.abort() })
  ask()
  return { hits, next, failure, wrong, asked, busy, more: () => ask(next.value) }
}
