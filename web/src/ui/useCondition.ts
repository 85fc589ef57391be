/** One condition in both forms. The server alone reads it: whichever form was touched last is sent, and the other one comes back. */
import { onScopeDispose, ref, shallowRef } from 'vue'
import { Problem, type FieldProblem } from '@/api/http'
import { preview, type Tree } from '@/api/views'
import { groupOf, treeOf, type Group } from './condition'
import { wordsOf } from './words'

export function useCondition(first: string) {
  const text = ref(first)
  const group = shallowRef<Group>({ kind: 'group', mode: 'all', items: [] })
  const found = shallowRef<{ count: number | null; is_whole: boolean } | null>(null)
  const wrong = shallowRef<FieldProblem | null>(null)
  const failure = ref('')
  let running: AbortController | null = null
  let timer = 0

  async function ask(asked: { condition: string } | { tree: Tree }, still: boolean) {
    running?.abort()
    running = new AbortController()
    try {
      const said = await preview(asked, running.signal)
      found.value = said
      wrong.value = null
      failure.value = ''
      if ('tree' in asked) text.value = said.condition
      else if (!still) group.value = groupOf(said.tree)
    } catch (cause) {
      if ((cause as Error).name === 'AbortError') return
      found.value = null
      wrong.value = cause instanceof Problem ? cause.errors[0] ?? null : null
      failure.value = wrong.value ? '' : wordsOf(cause)
    }
  }
  const later = (act: () => void) => { clearTimeout(timer); timer = window.setTimeout(act, 200) }
  function type(words: string) { text.value = words; later(() => ask({ condition: words }, false)) }
  function build(now: Group) { group.value = now; later(() => ask({ tree: treeOf(now) }, true)) }
  onScopeDispose(() => { clearTimeout(timer); running?.abort() })
  ask({ condition: first }, false)
  return { text, group, found, wrong, failure, type, build }
}
