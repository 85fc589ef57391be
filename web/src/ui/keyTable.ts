/** Every key of the app by the name of what it does: what it is unless somebody chose another, and where it holds.
 *  typing: fires in text fields too, unless it is a letter by itself. */
interface Row { keys: string; group: 'ticket' | 'composer' | 'list' | 'app'; typing?: true }

export const keyTable = {
  reply: { keys: 'r', group: 'composer' },
  note: { keys: 'n', group: 'composer' },
  send: { keys: 'mod+Enter', group: 'composer', typing: true },
  sendResolve: { keys: 'mod+shift+Enter', group: 'composer', typing: true },
  assign: { keys: 'a', group: 'ticket' },
  assignMe: { keys: 'a a', group: 'ticket', typing: true },
  resolve: { keys: 'e', group: 'ticket' },
  reopen: { keys: 'E', group: 'ticket' },
  priority: { keys: 'p', group: 'ticket' },
  tag: { keys: 't', group: 'ticket' },
  snooze: { keys: 'h', group: 'ticket' },
  watch: { keys: 'w', group: 'ticket' },
  macro: { keys: 'm', group: 'ticket' },
  compose: { keys: 'n', group: 'list' },
  next: { keys: 'j', group: 'list' },
  previous: { keys: 'k', group: 'list' },
  open: { keys: 'o', group: 'list' },
  back: { keys: 'u, Escape', group: 'list' },
  check: { keys: 'x', group: 'list' },
  checkRange: { keys: 'X', group: 'list' },
  merge: { keys: 'M', group: 'list' },
  views: { keys: '[', group: 'list' },
  context: { keys: ']', group: 'list' },
  refresh: { keys: 'R', group: 'list' },
  palette: { keys: 'mod+k', group: 'app', typing: true },
  search: { keys: '/', group: 'app' },
  inbox: { keys: 'g i', group: 'app' },
  customers: { keys: 'g c', group: 'app' },
  mine: { keys: 'g m', group: 'app' },
  notices: { keys: 'g n', group: 'app' },
  drafts: { keys: 'g d', group: 'app' },
  undo: { keys: 'z', group: 'app' },
  pane: { keys: 'F6', group: 'app', typing: true },
  paneBack: { keys: 'shift+F6', group: 'app', typing: true },
  help: { keys: '?', group: 'app' },
} satisfies Record<string, Row>

export type KeyName = keyof typeof keyTable
export const keyRows: Record<KeyName, Row> = keyTable
export const keyNames = Object.keys(keyTable) as KeyName[]
export const keyGroups = ['ticket', 'composer', 'list', 'app'] as const

/** Letters and signs alone, one or two of them: what WCAG 2.1.4 lets people switch off and choose anew. */
export const isPlain = (keys: string) => keys.split(' ').every(part => [...part].length === 1)
