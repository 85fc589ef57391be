/** What was sent without a connection and waits for one. Kept in the browser; the tickets send it (features/tickets/outbox.ts). */
import { computed, shallowRef } from 'vue'
import { me } from './session'
import type { Audience } from './types'

export interface Unsent { once: string; staff: number; ticket: number; number: number; label?: string; audience: Audience; then: string; body: Record<string, unknown> }
/** Of everybody who writes in this browser. */
export const outbox = shallowRef<Unsent[]>([])
export const unsent = computed(() => outbox.value.filter(each => each.staff === me.value?.id))
