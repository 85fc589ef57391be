/** How many tickets wait where, kept fresh by what happens. */
import { shallowRef, watch } from 'vue'
import { http } from './http'
import { follow, recounts } from './live'
import type { components } from './schema'

type Counters = components['schemas']['Counters']

export const counters = shallowRef<Counters | null>(null)
let timer = 0

export async function loadCounters() {
  counters.value = await http.get<Counters>('/counters').catch(() => counters.value)
}

export function startCounters() {
  loadCounters()
  const soon = () => { clearTimeout(timer); timer = window.setTimeout(loadCounters, 250) }
  const stops = [follow('inbox', soon), watch(recounts, soon)]
  return () => stops.forEach(stop => stop())
}
