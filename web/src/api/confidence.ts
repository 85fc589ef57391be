/** Confidential teams: only members see what belongs to them. */
import { teams } from './directory'
import { me } from './session'

export const isConfidential = (team: number | null | undefined) => teams.value.some(each => each.id === team && each.confidential)
/** Out of sight of who uses this screen. */
export const isClosed = (team: number | null | undefined) => teams.value.some(each => each.id === team && each.confidential && !each.members.includes(me.value?.id ?? 0))
export const openTeams = () => teams.value.filter(each => !isClosed(each.id))
