/** Which rows of a list are checked: single ones, or all that the list finds, shown or not. */
import { ref, watch, type Ref } from 'vue'
import type { Ticket } from '@/api/types'

export function useSelection(name: Ref<string>, tickets: Ref<Ticket[]>) {
  const checked = ref<ReadonlySet<number>>(new Set())
  const whole = ref(false)
  let anchor = 0
  const place = (id: number) => tickets.value.findIndex(each => each.id === id)

  function clear() { checked.value = new Set(); whole.value = false; anchor = 0 }

  /** range: from the row that was checked before up to this one. */
  function check(id: number, range = false) {
    const next = new Set(checked.value)
    const at = place(id), from = place(anchor)
    if (range && from >= 0 && at >= 0) tickets.value.slice(Math.min(at, from), Math.max(at, from) + 1).forEach(each => next.add(each.id))
    else if (!next.delete(id)) next.add(id)
    anchor = id
    whole.value = false
    checked.value = next
  }

  function all(beyond: boolean) {
    checked.value = new Set(tickets.value.map(each => each.id))
    whole.value = beyond
  }

  watch(name, clear)
  /** What has left the list is not meant any more; of all that it finds, what comes belongs to it. */
  watch(tickets, shown => {
    if (!checked.value.size) return
    const here = new Set(shown.map(each => each.id))
    if (whole.value) checked.value = here
    else if ([...checked.value].some(id => !here.has(id))) checked.value = new Set([...checked.value].filter(id => here.has(id)))
  })
  return { checked, whole, check, all, clear }
}
