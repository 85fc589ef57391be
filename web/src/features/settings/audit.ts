/** The particulars of a recorded change, in words. */
import type { AuditEvent } from '@/api/types'

interface Names { person: (id: number) => string; team: (id: number) => string; right: (key: string) => string; scope: (key: string) => string; role: (key: string) => string; state: (key: string) => string }

const arrow = (from: string, to: string) => `${from} → ${to}`

function rightsOf(data: Record<string, unknown>, names: Names) {
  const changed = Object.entries(data).filter((entry): entry is [string, [string, string]] => Array.isArray(entry[1]))
  return [names.role(String(data.role)), ...changed.map(([key, [from, to]]) => `${names.right(key)}: ${arrow(names.scope(from), names.scope(to))}`)].join(', ')
}

/** A value, or a value before and after. */
function told(value: unknown, words: (key: string) => string) {
  if (Array.isArray(value)) return arrow(words(value[0]), words(value[1]))
  return typeof value === 'string' ? words(value) : ''
}

export function detailOf(event: AuditEvent, names: Names): string {
  const { data, kind } = event
  if (kind === 'role.changed') return rightsOf(data, names)
  const about = typeof data.staff === 'number' && (data.staff !== event.actor.id || !kind.startsWith('session.')) ? names.person(data.staff) : ''
  const said = [
    about, told(data.role, names.role), told(data.state, names.state), Array.isArray(data.name) || !about ? told(data.name, String) : '',
    typeof data.team === 'number' && !data.name ? names.team(data.team) : '',
    typeof data.tag === 'string' ? typeof data.to === 'string' ? arrow(data.tag, data.to) : data.tag : '',
    ...['address', 'company', 'locale', 'detail', 'reason', 'email'].map(key => typeof data[key] === 'string' ? String(data[key]) : ''),
  ]
  return said.filter(Boolean).join(', ')
}
