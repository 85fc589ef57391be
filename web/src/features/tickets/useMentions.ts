/** Naming colleagues while writing: what is typed behind an @ asks the server whom it may mean, and the pick stands in its place. */
import type { Editor } from '@tiptap/vue-3'
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { begun, type Mentionable, type Named } from './mentions'

const PAUSE = 80

export function useMentions(ticket: () => number | undefined, editor: Ref<Editor | undefined>, named: (one: Named) => void) {
  const found = shallowRef<Mentionable[]>([])
  const at = ref(0)
  const place = ref({ left: '0', bottom: '0' })
  const id = 'mention-menu'
  let words = ''
  let timer = 0
  let asked: AbortController | null = null

  function close() {
    clearTimeout(timer)
    asked?.abort()
    words = ''
    found.value = []
  }
  async function ask(mine: string) {
    asked?.abort()
    const now = asked = new AbortController()
    const page = await http.get<Page<Mentionable>>(`/tickets/${ticket()}/mentionable`, { q: mine.slice(1) }, now.signal).catch(() => null)
    if (!page || mine !== words || !editor.value) return
    const { left, top } = editor.value.view.coordsAtPos(editor.value.state.selection.from - mine.length)
    place.value = { left: `${Math.max(8, Math.min(left, innerWidth - 308))}px`, bottom: `${innerHeight - top + 4}px` }
    at.value = Math.max(0, page.items.findIndex(each => each.may_be_named))
    found.value = page.items
  }
  function look() {
    if (!editor.value) return
    const { $from, empty } = editor.value.state.selection
    const typed = ticket() && empty ? begun($from.parent.textBetween(0, $from.parentOffset, '\n', ' ')) : ''
    if (!typed) { close(); return }
    if (typed === words) return
    words = typed
    clearTimeout(timer)
    timer = window.setTimeout(() => ask(typed), PAUSE)
  }
  function pick(one: Mentionable) {
    if (!one.may_be_named || !editor.value) return
    const { from } = editor.value.state.selection
    named({ kind: one.kind, id: one.id, name: one.name, outside: one.outside })
    editor.value.chain().focus().insertContentAt({ from: from - words.length, to: from }, `@${one.name} `).run()
    close()
  }
  /** True: the key was for the list. */
  function press(key: string) {
    if (!found.value.length) return false
    if (key === 'Escape') close()
    else if (key === 'ArrowDown' || key === 'ArrowUp') at.value = (at.value + (key === 'ArrowDown' ? 1 : -1) + found.value.length) % found.value.length
    else if (key === 'Enter' || key === 'Tab') pick(found.value[at.value])
    else return false
    return true
  }
  const active = computed(() => found.value.length ? `${id}-${at.value}` : '')
  watch(active, now => {
    const dom = editor.value?.view.dom
    if (now) { dom?.setAttribute('aria-activedescendant', now); dom?.setAttribute('aria-controls', id) }
    else { dom?.removeAttribute('aria-activedescendant'); dom?.removeAttribute('aria-controls') }
  })
  onScopeDispose(close)
  return { id, found, at, place, look, press, pick, close }
}
