/** What happened to a ticket beside its messages, in words. */
import { ref, shallowRef, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { staffName } from '@/api/directory'
import type { Recording, Ticket } from '@/api/types'
import { i18n } from '@/i18n'
import { changesOf, type Change, type Recorded } from './changes'

export interface Happening { id: number; at: string; who: string; changes: Change[]; moved?: number }

/** Messages tell of themselves; of the rest only what people decide is worth a line. */
const told = ['ticket.changed', 'message.moved']

function whoOf(event: Recording, ticket: Ticket) {
  if (event.actor_kind === 1) return staffName(event.actor_id) ?? `#${event.actor_id}`
  if (event.actor_kind === 2) return ticket.requester.name || ticket.requester.email || ''
  return i18n.global.t('history.system')
}

export function happeningsOf(events: Recording[], ticket: Ticket): Happening[] {
  return events.filter(each => told.includes(each.kind)).map(event => ({
    id: event.id, at: event.at, who: whoOf(event, ticket), changes: event.kind === 'ticket.changed' ? changesOf(event.data as Recorded) : [],
    moved: event.kind === 'message.moved' ? event.data?.message as number : undefined,
  })).filter(each => each.changes.length || each.moved).sort((one, other) => one.id - other.id)
}

export function useHistory(ticket: Ref<Ticket>) {
  const events = shallowRef<Recording[]>([])
  const failed = ref(false)
  watch(() => [ticket.value.id, ticket.value.version], async ([id], before) => {
    if (id !== before?.[0]) events.value = []
    try {
      const page = await http.get<Page<Recording>>(`/tickets/${id}/history`, { limit: 200 })
      if (id === ticket.value.id) { events.value = page.items; failed.value = false }
    } catch { failed.value = true }
  }, { immediate: true })
  return { events, failed }
}
