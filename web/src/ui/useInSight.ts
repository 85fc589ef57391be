/** In a row that scrolls sideways, what is current is in sight, wherever it stands. */
import { nextTick, watch, type ShallowRef, type WatchSource } from 'vue'

export function useInSight(row: Readonly<ShallowRef<HTMLElement | null>>, current: WatchSource) {
  watch(current, async () => {
    await nextTick()
    const box = row.value, chosen = box?.querySelector<HTMLElement>('[aria-current]')
    if (box && chosen) box.scrollLeft = chosen.offsetLeft - (box.clientWidth - chosen.offsetWidth) / 2
  }, { immediate: true, flush: 'post' })
}
