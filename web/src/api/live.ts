/** The one live connection. It names the last event it saw, so that a break loses nothing. */
import { ref } from 'vue'
import { checkSignedIn } from './http'
import { session } from './session'

export interface LiveEvent { id: number; at: string; kind: string; ticket?: number | null; actor?: { kind: string; id: number }; data?: Record<string, unknown> }
type Listener = (event: LiveEvent | 'resync') => void

export const connected = ref(true)
/** How often the server said that counters of views have changed. */
export const recounts = ref(0)
/** How often the server said that there is something new to be told of, or less. */
export const noticed = ref(0)
interface Present { staff: number; doing: 'viewing' | 'note' | 'reply' }
type PresenceListener = (ticket: number, people: Present[]) => void
const presences = new Set<PresenceListener>()
/** Who is at the tickets that are followed, whenever that changes, until the returned function is called. */
export function hearPresence(listener: PresenceListener) { presences.add(listener); return () => { presences.delete(listener) } }
const topics = new Map<string, number>()
const listeners = new Set<Listener>()
let socket: WebSocket | null = null
let last = 0
let failures = 0
let timer = 0
let wanted = false

/** Milliseconds until the next try: doubling from half a second to 20 s, spread so that not all come back at once. */
export const pause = (failed: number, chance = Math.random()) => Math.round(Math.min(20_000, 500 * 2 ** failed) * (0.75 + chance / 2))

export function say(words: unknown) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(words))
}

function tell(event: LiveEvent | 'resync') { for (const listener of [...listeners]) listener(event) }

function hear(text: string) {
  const said = JSON.parse(text) as { hello?: { last: number }; event?: LiveEvent; resync?: boolean; counters?: boolean; notices?: boolean; presence?: { ticket: number; people: Present[] } }
  if (said.hello) last ||= said.hello.last
  if (said.counters) recounts.value++
  if (said.notices) noticed.value++
  if (said.presence) for (const listener of presences) listener(said.presence.ticket, said.presence.people)
  if (said.resync) { noticed.value++; tell('resync'); return }
  if (!said.event || said.event.id <= last) return
  last = said.event.id
  tell(said.event)
}

function open() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  socket = new WebSocket(`${scheme}://${location.host}/api/v1/live`)
  socket.onopen = () => {
    const again = failures > 0 || !connected.value
    if (again) noticed.value++
    failures = 0
    connected.value = true
    say({ subscribe: [...topics.keys()], ...(last ? { after: last } : {}) })
    if (again && !last) tell('resync')
  }
  socket.onmessage = message => hear(message.data)
  socket.onclose = () => {
    socket = null
    if (!wanted) return
    if (++failures > 1) { connected.value = false; checkSignedIn() }
    timer = window.setTimeout(open, pause(failures))
  }
}

/** What is on the screen is at least as new as what the session knows: the first connection asks for what came after it. */
export function goLive() {
  if (wanted) return
  wanted = true
  last ||= session.value?.last_event ?? 0
  open()
}

export function endLive() {
  wanted = false
  clearTimeout(timer)
  socket?.close()
  last = failures = 0
  connected.value = true
}

function hurry() { if (wanted && !socket) { clearTimeout(timer); open() } }
/** Whoever was signed out for a while reads everything anew. */
export function renewLive() { hurry(); tell('resync') }
addEventListener('online', hurry)
/** A connection may outlive the break without knowing that it is dead: a new one asks for what was missed. */
addEventListener('offline', () => {
  if (!wanted) return
  connected.value = false
  failures++
  clearTimeout(timer)
  timer = window.setTimeout(open, pause(failures))
  if (!socket) return
  socket.onclose = socket.onmessage = null
  socket.close()
  socket = null
})

/** A screen that slept may hold a dead connection without knowing it: everything is read anew. */
const ASLEEP = 60_000
let hiddenAt = 0
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') { hiddenAt = Date.now(); return }
  if (wanted && hiddenAt && Date.now() - hiddenAt > ASLEEP) tell('resync')
})

/** Follows a topic until the returned function is called. */
export function follow(topic: string, listener: Listener) {
  const count = topics.get(topic) ?? 0
  topics.set(topic, count + 1)
  listeners.add(listener)
  if (!count) say({ subscribe: [topic], ...(last ? { after: last } : {}) })
  return () => {
    listeners.delete(listener)
    const left = (topics.get(topic) ?? 1) - 1
    if (left) topics.set(topic, left)
    else { topics.delete(topic); say({ unsubscribe: [topic] }) }
  }
}
