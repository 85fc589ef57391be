/** Teams, colleagues and states: small lists that many screens name. */
import { shallowRef } from 'vue'
import { http, type Page } from './http'
import type { Staff, Team, TicketState } from './types'

export const teams = shallowRef<Team[]>([])
export const colleagues = shallowRef<Staff[]>([])
export const states = shallowRef<TicketState[]>([])
export const tags = shallowRef<string[]>([])

const items = async <T>(path: string) => (await http.get<Page<T>>(path, { limit: 200 })).items
export async function loadDirectory() {
  const [team, staff, state, tag] = await Promise.allSettled([items<Team>('/teams'), items<Staff>('/staff'), items<TicketState>('/ticket-states'), items<string | { name?: string; tag?: string }>('/tags')])
  if (team.status === 'fulfilled') teams.value = team.value
  if (staff.status === 'fulfilled') colleagues.value = staff.value.filter(each => each.state !== 'disabled')
  if (state.status === 'fulfilled') states.value = state.value
  if (tag.status === 'fulfilled') tags.value = tag.value.map(each => typeof each === 'string' ? each : each.tag ?? each.name ?? '')
}
