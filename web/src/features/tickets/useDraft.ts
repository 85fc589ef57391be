/** What is being written in one ticket: reply and note, saved in the browser every 0.4 s and on the server every 3 s, however fast
 *  somebody types, and at once when the page is left, hidden or closed. */
import { computed, onScopeDispose, reactive, ref, watch } from 'vue'
import { expired, me } from '@/api/session'
import type { Audience } from '@/api/types'
import { dropDraft, emptyForm, findDraft, formsOf, isBlank, joined, keepDraft, sendDraft, stashDraft, type Draft, type DraftForm } from './drafts'

const SOON = 400, EVERY = 3000

export function useDraft(ticket: number) {
  const key = `${me.value?.id}:${ticket}`
  const forms = reactive({ public: emptyForm(), internal: emptyForm() })
  const audience = ref<Audience>('public')
  const form = computed(() => forms[audience.value])
  const saved = ref(false)
  let known = false
  let quiet = false
  let local = 0
  let remote = 0
  let sending = false
  /** Typed, but not yet on the server. */
  let behind = false

  const draft = (): Draft => ({ audience: audience.value, content: { public: { ...forms.public }, internal: { ...forms.internal }, saved: Date.now() } })
  const blank = () => isBlank(forms.public) && isBlank(forms.internal)

  async function forget() {
    clearTimeout(local)
    clearTimeout(remote)
    local = remote = 0
    saved.value = behind = false
    if (known) { known = false; await dropDraft(key, ticket).catch(() => {}) }
  }
  async function keep() {
    clearTimeout(local)
    local = 0
    if (blank()) return forget()
    known = true
    await keepDraft(key, ticket, draft()).catch(() => {})
  }
  async function push() {
    clearTimeout(remote)
    remote = 0
    if (blank()) return
    if (sending) { remote = window.setTimeout(push, EVERY); return }
    sending = true
    behind = false
    try { await sendDraft(ticket, draft()); saved.value = !behind } catch { behind = true /* the browser keeps it; the next change tries again */ } finally { sending = false }
  }
  /** Saves what is still on its way. keepalive: the page may be gone in a moment. */
  function flush(keepalive = false) {
    if (!behind) return
    if (blank()) { forget(); return }
    const now = draft()
    known = true
    behind = false
    stashDraft(key, now)
    keepDraft(key, ticket, now).catch(() => {})
    sendDraft(ticket, now, keepalive).then(() => { saved.value = !behind }, () => { behind = true })
  }
  watch([forms, audience], () => {
    if (quiet) return
    saved.value = false
    behind = true
    local ||= window.setTimeout(keep, SOON)
    remote ||= window.setTimeout(push, EVERY)
  }, { deep: true, flush: 'sync' })

  /** Changes that are no writing, such as filling in the recipients, make no draft. */
  function silently(act: () => void) { quiet = true; try { act() } finally { quiet = false } }
  /** The forms stay the same ones: a file that is on its way up finds its own. */
  function take(found: Draft, join = (kept: DraftForm, _typed: DraftForm) => kept) {
    const kept = formsOf(found)
    for (const which of ['public', 'internal'] as const) Object.assign(forms[which], join(kept[which], forms[which]))
  }
  function fill(found: Draft, which = found.audience) { silently(() => { take(found); audience.value = which }) }

  /** Whoever has begun to write meanwhile stays with whom it is for, and loses neither that nor the draft. */
  async function restore(begun: () => boolean) {
    const found = await findDraft(key, ticket).catch(() => undefined)
    if (!found?.content) return false
    if (!blank()) { take(found, joined); return true }
    fill(found, begun() ? audience.value : found.audience)
    known = saved.value = !blank()
    return known
  }
  /** Empties what was sent; the other text stays a draft. */
  async function clear(which: Audience) {
    silently(() => { forms[which] = emptyForm() })
    clearTimeout(local)
    local = 0
    if (blank()) await forget()
    else { await keep(); await push() }
  }
  /** What was sent or thrown away is a draft again, before what has been typed since. */
  async function putBack(kept: Draft, which: Audience) {
    silently(() => { Object.assign(forms[which], joined(formsOf(kept)[which], forms[which])); audience.value = which })
    known = true
    await keep()
    await push()
  }

  const hidden = () => { if (document.visibilityState === 'hidden') flush(true) }
  const leave = () => flush(true)
  document.addEventListener('visibilitychange', hidden)
  addEventListener('pagehide', leave)
  /** Who was signed out in the middle of a sentence has signed in again. */
  watch(expired, now => { if (!now && behind) push() })
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', hidden)
    removeEventListener('pagehide', leave)
    flush()
    clearTimeout(local)
    clearTimeout(remote)
  })
  return { forms, form, audience, saved, draft, blank, silently, restore, clear, putBack, flush }
}
