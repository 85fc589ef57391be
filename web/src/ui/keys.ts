/** Single keys and two-key sequences. They never fire inside a text field, and can be switched off or chosen anew. */
import { onScopeDispose, ref, shallowReactive, shallowRef } from 'vue'
import { isPlain, keyNames, keyRows, type KeyName } from './keyTable'

interface Bound { name: KeyName; act: () => void }
export const keysOn = ref(true)
/** What somebody chose in place of what the table says; '': no key. */
export const ownKeys = shallowRef<Partial<Record<KeyName, string>>>({})
export const pending = ref('')
/** What has a key on the screen as it stands. */
export const keyMap = shallowReactive<Bound[]>([])
export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
const WAIT = 1000
let timer = 0

export function capOf(keys: string) {
  if (/^\p{Lu}$/u.test(keys)) return `⇧${keys}`
  if (/^\p{Ll}$/u.test(keys)) return keys.toLocaleUpperCase()
  return keys.replace(/\+[a-z]$/, end => end.toUpperCase()).replace('mod+', isMac ? '⌘' : 'Ctrl+').replace('shift+', '⇧').replace('Enter', '↵').replace('Escape', 'Esc')
}

/** The keys of one name, as far as they were not switched off by themselves. Only letters and signs are chosen anew. */
export function keysOf(name: KeyName, own = ownKeys.value) {
  const usual = keyRows[name].keys.split(', ')
  const chosen = own[name]
  return chosen === undefined ? usual : [...chosen ? [chosen] : [], ...usual.filter(each => !isPlain(each))]
}

/** Whose keys these are already, or would hide; two that share theirs from the beginning may go on. */
export function conflicts(name: KeyName, keys: string, own = ownKeys.value): KeyName[] {
  const usual = keyRows[name].keys.split(', ').includes(keys)
  const meets = (other: string) => other === keys || other.startsWith(`${keys} `) || keys.startsWith(`${other} `)
  return keys ? keyNames.filter(other => other !== name && !(usual && own[other] === undefined) && keysOf(other, own).some(each => isPlain(each) && meets(each))) : []
}

/** What stands on the caps of the keys in force, each with its parts. */
export const capsOf = (name: KeyName) => keysOf(name).filter(each => keysOn.value || !isPlain(each)).map(each => each.split(' ').map(capOf))

/** Whether its key would do this here: on the screen as it stands another one may have the same. */
export const fires = (name: KeyName) => keysOf(name).some(keys => keyMap.findLast(each => keysOf(each.name).includes(keys))?.name === name)

/** The first of them in one word; a key that belongs to no name stands for itself. */
export const capFor = (cap: KeyName | 'Enter' | '/') => cap in keyRows ? capsOf(cap as KeyName)[0]?.join(' ') ?? '' : capOf(cap)

/** An open menu takes letters for itself, as a text field does. */
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || !!target.closest('.menu'))

function nameOf(event: KeyboardEvent) {
  const held = (event.metaKey || event.ctrlKey ? 'mod+' : '') + (event.shiftKey && event.key.length > 1 ? 'shift+' : '')
  return held + (event.metaKey || event.ctrlKey ? event.key.replace(/^[A-Z]$/, letter => letter.toLowerCase()) : event.key)
}

function find(keys: string, typing: boolean) {
  return keyMap.findLast(each => keysOf(each.name).includes(keys) && (!typing || keyRows[each.name].typing && [...keys].length > 1))
}

function wait(name: string) {
  clearTimeout(timer)
  pending.value = keyMap.some(each => keysOf(each.name).some(keys => keys.startsWith(`${name} `))) ? name : ''
  if (pending.value) timer = window.setTimeout(() => { pending.value = '' }, WAIT)
}

function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const typing = isTyping(event.target)
  const name = nameOf(event)
  const modified = name.startsWith('mod+')
  if (!keysOn.value && isPlain(name)) return
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
export function useKeys(acts: Partial<Record<KeyName, () => void>>) {
  const mine = Object.entries(acts).map(([name, act]) => ({ name: name as KeyName, act }))
  keyMap.push(...mine)
  onScopeDispose(() => { for (const key of mine) keyMap.splice(keyMap.indexOf(key), 1) })
}
