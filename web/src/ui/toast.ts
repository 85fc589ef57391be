/** One short message at a time, with a way back. */
import { shallowRef } from 'vue'

export interface Toast { text: string; act?: string; undo?: () => unknown; failed?: boolean }
export const toast = shallowRef<Toast | null>(null)
/** Where toasts stand: a place of their own that a page offers, or floating above everything. */
export const toastSlot = shallowRef<HTMLElement | null>(null)
const UNDO = 8000
let timer = 0

export function showToast(next: Toast, milliseconds = UNDO) {
  clearTimeout(timer)
  toast.value = next
  timer = window.setTimeout(() => { if (toast.value === next) toast.value = null }, milliseconds)
}
export function holdToast() { clearTimeout(timer) }
export function releaseToast() { const held = toast.value; if (held) showToast(held) }
/** False: there is nothing that could be taken back. */
export function undoToast() {
  const held = toast.value
  if (!held?.undo) return false
  toast.value = null
  held.undo()
  return true
}
