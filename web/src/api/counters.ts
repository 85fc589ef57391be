/** How many tickets wait where, kept fresh by what happens. */
import { shallowRef } from 'vue'
import { http } from './http'
import { follow } from './live'
import type { Counters } from './types'

export const counters = shallowRef<Counters | null>(null)
let timer = 0

export async function loadCounters() {
  counters.value = await http.get<Counters>('/counters').catch(() => counters.value)
}

export function startCounters() {
  loadCounters()
  return follow('inbox', () => { clearTimeout(timer); timer = window.setTimeout(loadCounters, 250) })
}
