/** Bulk edits: one that is under way is followed wherever its author goes meanwhile. */
import { ref, shallowRef } from 'vue'
import { http, type Page } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Bulk = Schemas['Bulk']
export type BulkPreview = Schemas['BulkPreview']
export type BulkFailure = Schemas['BulkFailures']['items'][number]
export interface BulkWish { tickets?: number[]; condition?: string; awake?: boolean; actions: Schemas['MacroAction'][] }

export const previewBulk = (wish: BulkWish, signal?: AbortSignal) => http.post<BulkPreview>('/bulk/preview', wish, { signal })
export const failuresOf = async (id: number) => (await http.get<Page<BulkFailure>>(`/bulk/${id}/failures`, { limit: 100 })).items
export const stopBulk = async (id: number) => { bulk.value = await http.post<Bulk>(`/bulk/${id}/stop`) }

/** The one that is under way, or was last. */
export const bulk = shallowRef<Bulk | null>(null)
/** What of it can't be asked for just now: no connection. */
export const lost = ref(false)
const POLL = 300
let turn = 0

const pause = (milliseconds: number) => new Promise(done => setTimeout(done, milliseconds))

/** Ends with the bulk edit, or when another one is followed. */
async function follow(id: number) {
  const mine = ++turn
  for (;;) {
    await pause(POLL)
    if (mine !== turn) return null
    try {
      const seen = await http.get<Bulk>(`/bulk/${id}`)
      if (mine !== turn) return null
      lost.value = false
      bulk.value = seen
      if (seen.finished_at) return seen
    } catch { lost.value = true }
  }
}

export async function beginBulk(wish: BulkWish, once: string) {
  bulk.value = await http.post<Bulk>('/bulk', wish, { once })
  return follow(bulk.value.id)
}

export async function returnBulk(of: Bulk) {
  await http.post(`/operations/${of.operation}/undo`)
  bulk.value = await http.get<Bulk>(`/bulk/${of.id}`)
  return bulk.value.finished_at ? bulk.value : follow(of.id)
}
