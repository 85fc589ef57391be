/** Teams, colleagues and states: small lists that many screens name. */
import { computed, shallowRef } from 'vue'
import { http, type Page } from './http'
import type { Staff, Tag, Team, TicketState } from './types'

export const teams = shallowRef<Team[]>([])
/** Everybody who ever worked here, for names; colleagues are those who may be given work. */
export const staff = shallowRef<Staff[]>([])
export const colleagues = computed(() => staff.value.filter(each => each.state !== 'disabled'))
export const states = shallowRef<TicketState[]>([])
export const tags = shallowRef<string[]>([])

const items = async <T>(path: string) => (await http.get<Page<T>>(path, { limit: 200 })).items
export async function loadDirectory() {
  const [team, people, state, tag] = await Promise.allSettled([items<Team>('/teams'), items<Staff>('/staff'), items<TicketState>('/ticket-states'), items<Tag>('/tags')])
  if (team.status === 'fulfilled') teams.value = team.value
  if (people.status === 'fulfilled') staff.value = people.value
  if (state.status === 'fulfilled') states.value = state.value
  if (tag.status === 'fulfilled') tags.value = tag.value.map(each => each.name)
}

/** The name of somebody who works here. Who is not known yet may have come just now: the list is read again, though not for
 *  each of many names. */
const AGAIN = 5000
let asked = 0
export function staffName(id: number | null | undefined) {
  const name = staff.value.find(each => each.id === id)?.name
  if (!name && id && Date.now() - asked > AGAIN) { asked = Date.now(); loadDirectory() }
  return name
}
