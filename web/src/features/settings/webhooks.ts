/** What a webhook wants, as it is chosen: everything, whole groups, and single kinds of events. */
const first = ['ticket', 'message', 'participant', 'approval', 'side', 'problem', 'person', 'company']

export const groupOf = (kind: string) => kind.split('.')[0]

/** The groups that people ask for come first, the others by name. */
export function groupsOfKinds(kinds: string[]) {
  const rank = (name: string) => first.includes(name) ? first.indexOf(name) : first.length
  const names = [...new Set(kinds.map(groupOf))].sort((one, other) => rank(one) - rank(other) || one.localeCompare(other))
  return names.map(name => ({ name, kinds: kinds.filter(each => groupOf(each) === name) }))
}

/** What a whole group says already is not said again. */
export function tidyKinds(kinds: string[]) {
  if (kinds.includes('*')) return ['*']
  const whole = kinds.filter(each => each.endsWith('.*'))
  return [...whole, ...kinds.filter(each => !each.endsWith('.*') && !whole.includes(`${groupOf(each)}.*`))]
}

/** The words that the server has for a failure; what a connection said is shown as it is. */
export const faults = ['status', 'redirect', 'timeout', 'no_such_host', 'no_connection', 'certificate', 'address_refused', 'plain_refused', 'not_visible', 'switched_off', 'secret_lost']
