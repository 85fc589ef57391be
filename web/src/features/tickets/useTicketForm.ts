/** What the server says that a ticket shows, needs and may become. Several parts of the screen ask: it is read once for each version. */
import { ref, shallowRef, watch } from 'vue'
import { fields } from '@/api/fields'
import { http } from '@/api/http'
import type { Ticket, TicketForm } from '@/api/types'
import { wordsOf } from '@/ui/words'

let last: { key: string; read: Promise<TicketForm> } | null = null
function read(ticket: Ticket): Promise<TicketForm> {
  const key = `${ticket.id} ${ticket.version} ${fields.value.map(each => `${each.id}-${each.version}`).join()}`
  if (last?.key === key) return last.read
  const read = http.get<TicketForm>(`/tickets/${ticket.id}/form`).catch(cause => { last = null; throw cause })
  last = { key, read }
  return read
}

export function useTicketForm(ticket: () => Ticket) {
  const form = shallowRef<TicketForm | null>(null)
  const failure = ref('')
  watch(() => [ticket().id, ticket().version, fields.value] as const, async ([id], before) => {
    if (id !== before?.[0]) { form.value = null; failure.value = '' }
    try {
      const found = await read(ticket())
      if (id === ticket().id) { form.value = found; failure.value = '' }
    } catch (cause) { if (id === ticket().id) failure.value = wordsOf(cause) }
  }, { immediate: true })
  return { form, failure }
}
