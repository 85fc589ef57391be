/** Single keys and two-key sequences. They never fire inside a text field and can be switched off. */
import { onScopeDispose, ref, shallowReactive } from 'vue'

/** group: where the key holds, for the list of keys. typing: fires in text fields too. */
export interface Key { keys: string; words: string; act: () => void; typing?: boolean; group?: string }
export const keysOn = ref(true)
export const pending = ref('')
export const keyMap = shallowReactive<Key[]>([])
export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
const WAIT = 1000
let timer = 0

export function capOf(keys: string) {
  if (/^[A-Z]$/.test(keys)) return `⇧${keys}`
  if (/^[a-z]$/.test(keys)) return keys.toUpperCase()
  return keys.replace(/\+[a-z]$/, end => end.toUpperCase()).replace('mod+', isMac ? '⌘' : 'Ctrl+').replace('shift+', '⇧').replace('Enter', '↵').replace('Escape', 'Esc')
}

/** An open menu takes letters for itself, as a text field does. */
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || !!target.closest('.menu'))

function nameOf(event: KeyboardEvent) {
  const held = (event.metaKey || event.ctrlKey ? 'mod+' : '') + (event.shiftKey && event.key.length > 1 ? 'shift+' : '')
  return held + (event.metaKey || event.ctrlKey ? event.key.replace(/^[A-Z]$/, letter => letter.toLowerCase()) : event.key)
}

function find(keys: string, typing: boolean) {
  return keyMap.findLast(each => each.keys.split(', ').includes(keys) && (!typing || each.typing))
}

function wait(name: string) {
  clearTimeout(timer)
  pending.value = keyMap.some(each => each.keys.startsWith(`${name} `)) ? name : ''
  if (pending.value) timer = window.setTimeout(() => { pending.value = '' }, WAIT)
}

function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const typing = isTyping(event.target)
  const name = nameOf(event)
  const modified = name.startsWith('mod+')
  if (!keysOn.value && !modified) return
  if (document.querySelector('dialog[open]') && !modified) return
  const longer = pending.value ? find(`${pending.value} ${name}`, typing) : undefined
  const found = longer ?? find(name, typing)
  wait(longer || typing || modified ? '' : name)
  if (!found) return
  event.preventDefault()
  found.act()
}

/** While a field is on its way onto the screen, what is typed already belongs to it and is no command. */
const PATIENCE = 5000
let held: string | null = null
let patience = 0
export function holdKeys() {
  held = ''
  clearTimeout(patience)
  patience = window.setTimeout(releaseKeys, PATIENCE)
}
export function releaseKeys() {
  const typed = held ?? ''
  clearTimeout(patience)
  held = null
  return typed
}
function hold(event: KeyboardEvent) {
  if (held === null || event.metaKey || event.ctrlKey || event.altKey) return
  if (event.key === 'Escape') { releaseKeys(); return }
  if (event.key.length === 1) held += event.key
  event.preventDefault()
  event.stopImmediatePropagation()
}

addEventListener('keydown', hold, true)
addEventListener('keydown', press)

/** Keys that hold as long as the calling component lives. */
export function useKeys(keys: Key[], group = 'app') {
  const mine = keys.map(key => ({ group, ...key }))
  keyMap.push(...mine)
  onScopeDispose(() => { for (const key of mine) keyMap.splice(keyMap.indexOf(key), 1) })
}
