/** Single keys and two-key sequences. They never fire inside a text field and can be switched off. */
import { onScopeDispose, ref, shallowReactive } from 'vue'

export interface Key { keys: string; words: string; act: () => void; typing?: boolean }
export const keysOn = ref(true)
export const pending = ref('')
export const keyMap = shallowReactive<Key[]>([])
export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
let timer = 0

export function capOf(keys: string) {
  if (/^[A-Z]$/.test(keys)) return `⇧${keys}`
  if (/^[a-z]$/.test(keys)) return keys.toUpperCase()
  return keys.replace(/\+[a-z]$/, end => end.toUpperCase()).replace('mod+', isMac ? '⌘' : 'Ctrl+').replace('shift+', '⇧').replace('Enter', '↵').replace('Escape', 'Esc')
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function nameOf(event: KeyboardEvent) {
  const held = (event.metaKey || event.ctrlKey ? 'mod+' : '') + (event.shiftKey && event.key.length > 1 ? 'shift+' : '')
  return held + (event.metaKey || event.ctrlKey ? event.key.replace(/^[A-Z]$/, letter => letter.toLowerCase()) : event.key)
}

function find(keys: string, typing: boolean) {
  return keyMap.findLast(each => each.keys.split(', ').includes(keys) && (!typing || each.typing))
}

function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const typing = isTyping(event.target)
  const name = nameOf(event)
  const modified = name.startsWith('mod+')
  if (!keysOn.value && !modified) return
  if (document.querySelector('dialog[open]') && !modified) return
  const whole = pending.value ? `${pending.value} ${name}` : name
  const found = find(whole, typing) ?? find(name, typing)
  if (found) {
    pending.value = ''
    event.preventDefault()
    found.act()
  } else if (!typing && !modified && keyMap.some(each => each.keys.startsWith(`${name} `))) {
    pending.value = name
    clearTimeout(timer)
    timer = window.setTimeout(() => { pending.value = '' }, 1000)
  } else pending.value = ''
}

addEventListener('keydown', press)

/** Keys that hold as long as the calling component lives. */
export function useKeys(keys: Key[]) {
  keyMap.push(...keys)
  onScopeDispose(() => { for (const key of keys) keyMap.splice(keyMap.indexOf(key), 1) })
}
