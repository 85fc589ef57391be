/** Permissions as the screen groups them: by what stands before the dot. */
export const ranks: Record<string, number> = { none: 0, own: 1, team: 2, all: 3 }
const verbs = ['read', 'reply', 'change', 'create', 'manage']
const order = ['tickets', 'views', 'replies', 'macros', 'people', 'mailboxes', 'teams', 'states', 'fields', 'forms', 'tags', 'times', 'spam', 'integrations', 'staff', 'roles', 'settings', 'audit']

/** Only tickets know owners, and what is shared knows teams; the rest is allowed as a whole or not at all. */
export const scopesFor = (permission: string) => permission.startsWith('tickets.') ? ['none', 'own', 'team', 'all'] : permission.endsWith('.share') ? ['none', 'team', 'all'] : ['none', 'all']

export function groupsOf(permissions: Record<string, string>) {
  const names = Object.keys(permissions)
  const place = (group: string) => order.includes(group) ? order.indexOf(group) : order.length
  const rank = (permission: string) => verbs.indexOf(permission.split('.')[1])
  const groups = [...new Set(names.map(each => each.split('.')[0]))].sort((one, other) => place(one) - place(other))
  return groups.map(name => ({ name, permissions: names.filter(each => each.startsWith(`${name}.`)).sort((one, other) => rank(one) - rank(other)) }))
}
