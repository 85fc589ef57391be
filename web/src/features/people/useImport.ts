/** One import: what is known of it, its rows, and following it while it goes on. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { isMoving, loadImport, loadRows, type ImportRow, type PersonImport } from '@/api/transfers'
import { wordsOf } from '@/ui/words'

/** The rows that are told apart, with how many of them there are. */
export const parts = ['refused', 'new', 'change', 'same', 'made', 'changed', 'cancelled'] as const
export type Part = (typeof parts)[number]

/** What is shown first: what needs somebody, else what is new. */
export const firstPart = (one: PersonImport): Part | '' => parts.find(part => one[part]) ?? ''

const POLL = 400

export function useImport(id: Ref<number>) {
  const one = shallowRef<PersonImport | null>(null)
  const rows = shallowRef<ImportRow[]>([])
  const next = ref<string | null>(null)
  const chosen = ref<Part | ''>('')
  const failure = ref('')
  const shown = computed(() => parts.filter(part => one.value?.[part]))
  let timer = 0
  let turn = 0

  async function readRows(cursor: string | null = null) {
    const mine = turn
    if (!one.value || !chosen.value) { rows.value = []; next.value = null; return }
    const page = await loadRows(one.value.id, { state: chosen.value, limit: 50, cursor })
    if (mine !== turn) return
    rows.value = cursor ? [...rows.value, ...page.items] : page.items
    next.value = page.next
  }
  const said = async (act: () => Promise<unknown>) => { try { await act(); failure.value = '' } catch (cause) { failure.value = wordsOf(cause) } }
  const more = () => said(() => readRows(next.value))

  async function put(seen: PersonImport) {
    clearTimeout(timer)
    const mine = ++turn
    one.value = seen
    if (isMoving(seen)) {
      rows.value = []
      next.value = null
      timer = window.setTimeout(() => { if (mine === turn) follow() }, POLL)
      return
    }
    if (!chosen.value || !seen[chosen.value]) chosen.value = firstPart(seen)
    await said(readRows)
  }
  /** A connection that is away for a moment comes back. */
  async function follow() {
    const mine = turn
    try {
      const seen = await loadImport(id.value)
      failure.value = ''
      if (mine === turn) await put(seen)
    } catch (cause) {
      failure.value = wordsOf(cause)
      if (mine === turn && one.value && isMoving(one.value)) timer = window.setTimeout(follow, 2000)
    }
  }
  function choose(part: Part) { chosen.value = part; turn++; said(readRows) }
  watch(id, () => { turn++; clearTimeout(timer); one.value = null; rows.value = []; chosen.value = ''; failure.value = ''; if (id.value) follow() }, { immediate: true })
  onScopeDispose(() => { turn++; clearTimeout(timer) })
  return { one, rows, next, chosen, shown, failure, put, more, choose }
}
