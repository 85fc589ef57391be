/** Who else is at a ticket, and what they do there: heard over the live connection, and said by it. */
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { http } from './http'
import { hearPresence, say } from './live'
import { me } from './session'
import type { components } from './schema'

export type Doing = 'viewing' | 'note' | 'reply'
export interface Present { staff: number; doing: Doing }

/** The server forgets after 15 s who does not say it again. */
const EVERY = 5000

export function usePresence(ticket: Ref<number>, doing: Ref<Doing>) {
  const others = ref<Present[]>([])
  let said = 0
  const take = (people: Present[]) => { others.value = people.filter(each => each.staff !== me.value?.id) }
  const seen = () => document.visibilityState === 'visible'
  function tell() {
    if (said && (said !== ticket.value || !seen())) { say({ presence: { ticket: said, doing: 'gone' } }); said = 0 }
    if (!ticket.value || !seen()) return
    said = ticket.value
    say({ presence: { ticket: said, doing: doing.value } })
  }
  async function ask(id: number) {
    others.value = []
    if (!id) return
    const there = await http.get<components['schemas']['Presence']>(`/tickets/${id}/presence`).catch(() => null)
    if (there && id === ticket.value) take(there.people)
  }
  const stop = hearPresence((id, people) => { if (id === ticket.value) take(people) })
  watch(ticket, id => { tell(); ask(id) }, { immediate: true })
  watch(doing, tell)
  const timer = window.setInterval(tell, EVERY)
  document.addEventListener('visibilitychange', tell)
  onScopeDispose(() => {
    stop()
    clearInterval(timer)
    document.removeEventListener('visibilitychange', tell)
    if (said) say({ presence: { ticket: said, doing: 'gone' } })
  })
  return others
}
