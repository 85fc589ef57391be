/** Finding a canned reply while writing: a slash and some letters, arrows, Enter. */
import type { Editor } from '@tiptap/vue-3'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { findReplies, previewReply, useReply, type ReplyFilled, type ReplyRow } from '@/api/replies'
import { sayFailure } from '@/ui/words'
import { enterHole } from './holes'
import { slashBefore } from './slash'

const SOON = 120, MOST = 20

export function useReplies(ticket: number, editor: () => Editor | undefined) {
  const words = ref<string | null>(null)
  const found = shallowRef<ReplyRow[] | null>(null)
  const at = ref(0)
  const filled = shallowRef<ReplyFilled | null>(null)
  /** Where the slash stands that was waved away. */
  let refused = -1
  let from = 0
  let searching = new AbortController()
  let timer = 0
  const open = computed(() => words.value !== null && found.value !== null && (found.value.length > 0 || !words.value.includes(' ')))
  const chosen = computed(() => open.value ? found.value![at.value] : undefined)

  /** Called for whatever changes in the editor. */
  function look(now: Editor) {
    const { $from, empty } = now.state.selection
    const slash = empty && now.isFocused ? slashBefore($from.parent.textBetween(0, $from.parentOffset, '\n', '\ufffc')) : null
    from = slash ? $from.start() + slash.from : -1
    if (!slash) refused = -1
    words.value = slash && from !== refused ? slash.words : null
  }
  function dismiss() { refused = from; words.value = null }
  function step(by: number) { at.value = (at.value + by + found.value!.length) % found.value!.length }

  /** In place of the slash and what was typed behind it. */
  async function insert(row = chosen.value) {
    const now = editor()
    if (!row || !now) return
    const range = { from, to: now.state.selection.to }
    words.value = null
    await put(row.id, range)
  }
  /** In place of what is selected, unless a range is named. */
  async function put(reply: number, range?: { from: number; to: number }) {
    const now = editor()
    if (!now) return
    try {
      const { html, missing } = await useReply(reply, ticket)
      const inline = /^<p>((?:(?!<\/?p\b)[\s\S])*)<\/p>$/.exec(html.trim())
      now.chain().focus().deleteRange(range ?? now.state.selection).insertContent(inline ? inline[1] : html).run()
      if (missing.length) enterHole(now)
    } catch (cause) { sayFailure(cause); now.commands.focus() }
  }
  /** True: the key was for the list. */
  function press(event: KeyboardEvent) {
    if (!open.value || event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'Escape') { dismiss(); return true }
    if (!found.value!.length) return false
    if (event.key === 'ArrowDown') step(1)
    else if (event.key === 'ArrowUp') step(-1)
    else if (event.key === 'Enter' || event.key === 'Tab' && !event.shiftKey) insert()
    else return false
    return true
  }
  /** The slash for those who would rather press a button. */
  function begin() {
    const now = editor()
    if (!now) return
    const { $from } = now.state.selection
    const before = $from.parent.textBetween(0, $from.parentOffset, '\n', '\ufffc')
    now.chain().focus().insertContent(/\S$/.test(before) ? ' /' : '/').run()
  }

  watch(words, async typed => {
    searching.abort()
    if (typed === null) { found.value = null; return }
    searching = new AbortController()
    const list = await findReplies(typed, MOST, searching.signal).catch(() => null)
    if (list && words.value === typed) { found.value = list; at.value = 0 }
  })
  watch(chosen, row => {
    clearTimeout(timer)
    if (filled.value?.id !== row?.id) filled.value = null
    if (row) timer = window.setTimeout(async () => { const text = await previewReply(row.id, ticket).catch(() => null); if (chosen.value?.id === row.id) filled.value = text }, SOON)
  })
  onScopeDispose(() => { searching.abort(); clearTimeout(timer) })
  return { open, words, found, at, chosen, filled, look, press, begin, insert, put, dismiss }
}
