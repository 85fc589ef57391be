/** Changing many tickets of a list at once: which ones, and the dialog for it. */
import { computed, ref, shallowRef, type Ref } from 'vue'
import { teams } from '@/api/directory'
import { onceKey } from '@/api/http'
import type { Ticket } from '@/api/types'
import { i18n } from '@/i18n'
import { count } from '@/ui/format'
import { sayDone, sayFailure } from '@/ui/words'
import type { SavedView } from '@/api/views'
import { useSelection } from './useSelection'
import { conditionOf, leavesAsleep } from './views'

interface Inbox { view: Ref<string>; tickets: Ref<Ticket[]>; name: Ref<string>; words: Ref<string>; saved: Ref<SavedView | undefined>; selected: Ref<number> }

export function useBulk({ view, tickets, name, words, saved, selected }: Inbox) {
  const selection = useSelection(name, tickets)
  const editing = ref(false)
  /** As it was when the dialog opened: what is changed may leave the list. */
  const wish = shallowRef<{ tickets: number[]; condition: string | null; awake: boolean }>({ tickets: [], condition: null, awake: false })
  const condition = computed(() => saved.value?.condition ?? conditionOf(view.value, words.value, id => teams.value.find(each => each.id === id)?.slug))

  function edit() {
    wish.value = { tickets: [...selection.checked.value], condition: selection.whole.value ? condition.value : null, awake: leavesAsleep(view.value) }
    editing.value = true
  }
  /** What is checked leaves quarantine in one operation. */
  async function release(after: () => void) {
    const chosen = selection.whole.value ? { condition: condition.value!, awake: leavesAsleep(view.value) } : { tickets: [...selection.checked.value] }
    const { beginBulk, returnBulk } = await import('@/api/bulk')
    try {
      const following = beginBulk({ ...chosen, actions: [{ kind: 'not_spam' }] }, onceKey())
      selection.clear()
      const done = await following
      after()
      if (done) sayDone(i18n.global.t('quarantine.released', { n: count(done.done) }, done.done), async () => { try { await returnBulk(done); after() } catch (cause) { sayFailure(cause) } })
    } catch (cause) { sayFailure(cause) }
  }
  const all = () => selection.all(condition.value !== null)

  /** The row that has the focus, else the open ticket. */
  function checkHere(range: boolean) {
    const focused = Number((document.activeElement as HTMLElement | null)?.dataset?.ticket ?? 0)
    const id = focused || selected.value
    if (tickets.value.some(each => each.id === id)) selection.check(id, range)
  }
  return { ...selection, all, release, editing, edit, wish, checkHere }
}
