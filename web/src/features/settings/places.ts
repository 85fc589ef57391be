/** Whose a thing is, as one choice: mine, a team's, everybody's. */
import { teams } from '@/api/directory'
import { me } from '@/api/session'

interface Placed { scope: 'personal' | 'team' | 'global'; team: number | null }

export const placeOf = ({ scope, team }: Placed) => scope === 'team' ? `team-${team}` : scope
export const bodyOfPlace = (place: string): Placed => place.startsWith('team-') ? { scope: 'team', team: Number(place.slice(5)) } : { scope: place as 'personal' | 'global', team: null }

/** As far as the rights go; what it is now stays on offer. */
export function placesFor(right: string, now: string, t: (key: string, values?: Record<string, string>) => string) {
  const share = me.value?.permissions[right]
  const own = teams.value.filter(each => share === 'all' || (share === 'team' && me.value?.teams?.includes(each.id)) || now === `team-${each.id}`)
  return [{ value: 'personal', text: t('place.personal') }, ...own.map(each => ({ value: `team-${each.id}`, text: t('place.team', { team: each.name }) })),
    ...(share === 'all' || now === 'global' ? [{ value: 'global', text: t('place.global') }] : [])]
}
