/** What was sent without a connection and waits for one. Kept in the browser; the tickets send it (features/tickets/outbox.ts). */
import { shallowRef } from 'vue'
import type { Audience } from './types'

export interface Unsent { once: string; staff: number; ticket: number; number: number; audience: Audience; then: string; body: Record<string, unknown> }
export const unsent = shallowRef<Unsent[]>([])
