/** The saved views that one sees, and conditions as the server reads them. */
import { computed, shallowRef } from 'vue'
import { openTeams } from './confidence'
import { counters } from './counters'
import { http, type Page } from './http'
import { me } from './session'
import { follow } from './live'
import type { components } from './schema'

export type SavedView = Omit<components['schemas']['View'], 'tree'> & { tree: Tree }
export type Preview = Omit<components['schemas']['ConditionPreview'], 'tree'> & { tree: Tree }
export interface Term { field: string; compare?: string; value: string; end?: string; phrase?: boolean; prefix?: boolean }
export type Tree = { all: Tree[] } | { any: Tree[] } | { not: Tree } | Term

export const views = shallowRef<SavedView[]>([])
export const viewById = computed(() => new Map(views.value.map(each => [each.id, each])))

/** Own teams first; those whose tickets one may not see are left out. */
export const teamsInSight = computed(() => {
  const counted = new Set(counters.value?.teams.map(each => each.id))
  const own = new Set(me.value?.teams ?? [])
  return openTeams().filter(each => counted.has(each.id) || own.has(each.id) || me.value?.permissions['tickets.read'] === 'all').sort((one, other) => Number(own.has(other.id)) - Number(own.has(one.id)))
})

export async function loadViews() {
  views.value = (await http.get<Page<SavedView>>('/views').catch(() => null))?.items ?? views.value
}

/** Others may share or change views. */
export function followViews() {
  loadViews()
  return follow('staff', event => { if (event === 'resync' || event.kind.startsWith('view.')) loadViews() })
}

export const preview = (asked: { condition: string } | { tree: Tree }, signal?: AbortSignal) => http.post<Preview>('/conditions/preview', asked, { signal })
