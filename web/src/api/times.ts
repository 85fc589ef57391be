/** Activities and the own clock: what a ticket and the frame of the screen share. */
import { computed, ref, shallowRef } from 'vue'
import { i18n } from '@/i18n'
import { http, type Page } from './http'
import { follow } from './live'
import type { Activity, Locale, Timer } from './types'

export const activities = shallowRef<Activity[]>([])
export const offered = computed(() => activities.value.filter(each => each.is_active))
export const activityName = (id: number | null) => activities.value.find(each => each.id === id)?.names[i18n.global.locale.value as Locale] ?? ''
export async function loadActivities() { activities.value = (await http.get<Page<Activity>>('/activities')).items }

/** null: none runs, or nobody has asked yet. */
export const timer = shallowRef<Timer | null>(null)
const now = ref(Date.now())
/** Seconds that it has run; the clocks of this machine and of the server may differ a little. */
export const elapsed = computed(() => timer.value?.started_at ? Math.max(0, Math.floor((now.value - Date.parse(timer.value.started_at)) / 1000)) : 0)
let beat = 0
function take(said: Timer) {
  timer.value = said.ticket ? said : null
  now.value = Date.now()
  clearInterval(beat)
  if (timer.value) beat = window.setInterval(() => { now.value = Date.now() }, 1000)
}
export async function loadTimer() { take(await http.get<Timer>('/me/timer')) }
export async function startTimer(wish: { ticket: number; activity?: number }) { take(await http.put<Timer>('/me/timer', wish)) }
export async function stopTimer(discard = false) {
  const stopped = await http.delete<{ ticket: number | null; entry: number | null; seconds: number }>(`/me/timer${discard ? '?discard=true' : ''}`)
  take({ ticket: null, activity: null, billable: null, started_at: null })
  return stopped
}
let followers = 0
let leave = () => {}
/** Another window of the same person may start and stop it. */
export function followTimer() {
  if (++followers === 1) {
    loadTimer().catch(() => {})
    leave = follow('staff', event => { if (event === 'resync' || event.kind.startsWith('timer.')) loadTimer().catch(() => {}) })
  }
  return () => { if (--followers === 0) leave() }
}
