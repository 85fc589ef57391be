/** Side conversations: which one is open, and what is being written into it. */
import { shallowRef } from 'vue'
import type { Upload } from '@/api/types'

/** One by its number or by a message of it; neither: a new one. */
export interface SideWish { ticket: number; side?: number; message?: number }
export const opening = shallowRef<SideWish | null>(null)

/** Our letters that count in a ticket: of what was taken back nothing shows. */
export const standing = shallowRef<{ ticket: number; messages: Set<number> } | null>(null)

/** What somebody has typed, kept in this browser until it is sent. */
export interface SideForm { subject: string; to: string; cc: string; text: string; files: Upload[]; takes: number[] }
export const blankForm = (): SideForm => ({ subject: '', to: '', cc: '', text: '', files: [], takes: [] })

const keyOf = (ticket: number, side: number) => `side-${ticket}-${side}`
export function readForm(ticket: number, side: number): SideForm | null {
  try { return { ...blankForm(), ...JSON.parse(localStorage.getItem(keyOf(ticket, side)) ?? 'null') as Partial<SideForm> | null } } catch { return null }
}
export function keepForm(ticket: number, side: number, form: SideForm) {
  const empty = !form.text.trim() && !form.subject.trim() && !form.files.length && !form.takes.length
  if (empty) localStorage.removeItem(keyOf(ticket, side))
  else localStorage.setItem(keyOf(ticket, side), JSON.stringify(form))
}
