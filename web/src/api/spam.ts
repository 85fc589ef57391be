/** Why tickets are in quarantine: asked for many at once, each once. */
import { shallowReactive } from 'vue'
import { http, type Page } from './http'
import type { SpamVerdict } from './types'

/** By ticket; null: there is nothing to say. */
export const verdicts = shallowReactive(new Map<number, SpamVerdict | null>())
const MOST = 100

export async function loadVerdicts(tickets: number[]): Promise<void> {
  const unknown = tickets.filter(id => !verdicts.has(id)).slice(0, MOST)
  if (!unknown.length) return
  for (const id of unknown) verdicts.set(id, null)
  try {
    for (const each of (await http.get<Page<SpamVerdict>>('/spam/verdicts', { tickets: unknown.join(',') })).items) verdicts.set(each.ticket, each)
  } catch {
    for (const id of unknown) verdicts.delete(id)
    return
  }
  await loadVerdicts(tickets)
}
