/** The panes beside the conversation: folded away on wide screens, drawers on narrow ones; the list's width is remembered. */
import { reactive, ref, watch } from 'vue'

type Pane = 'views' | 'context'
/** Below these widths a pane has no place of its own. */
const wide = { views: matchMedia('(min-width: 1280px)'), context: matchMedia('(min-width: 1100px)') }
/** On a phone the views are chips above the list. */
const phone = matchMedia('(max-width: 760px)')
const NARROW = 300, WIDE = 520
const kept = () => { try { return JSON.parse(localStorage.getItem('panes') ?? '{}') } catch { return {} } }

export function usePanes() {
  const side = ref<'' | Pane>('')
  const folded = reactive<Record<Pane, boolean>>({ views: !!kept().views, context: !!kept().context })
  const width = ref(Number(kept().width) || 356)
  watch([folded, width], () => localStorage.setItem('panes', JSON.stringify({ ...folded, width: width.value })))

  function flip(pane: Pane) {
    if (wide[pane].matches) folded[pane] = !folded[pane]
    else if (pane !== 'views' || !phone.matches) side.value = side.value === pane ? '' : pane
  }
  function show(pane: Pane) {
    if (wide[pane].matches) folded[pane] = false
    else side.value = pane
  }
  function close() { side.value = '' }
  function drag(event: PointerEvent) {
    const divider = event.currentTarget as HTMLElement
    const start = event.clientX - width.value
    divider.setPointerCapture(event.pointerId)
    const move = (at: PointerEvent) => { width.value = Math.round(Math.min(WIDE, Math.max(NARROW, at.clientX - start))) }
    divider.addEventListener('pointermove', move)
    divider.addEventListener('lostpointercapture', () => divider.removeEventListener('pointermove', move), { once: true })
  }
  return { side, folded, width, flip, show, close, drag }
}
