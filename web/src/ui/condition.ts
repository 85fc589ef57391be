/** A condition as the builder shows it: groups within groups, and rows of field, comparison and value. */
import { fieldOf } from '@/api/fields'
import type { Field } from '@/api/types'
import type { Term, Tree } from '@/api/views'

export type Mode = 'all' | 'any' | 'none' | 'some_not'
export interface Group { kind: 'group'; mode: Mode; items: Item[] }
export interface Row { kind: 'row'; field: string; compare: string; value: string; end: string; phrase?: boolean; prefix?: boolean }
export type Item = Group | Row

export type Kind = 'choice' | 'rank' | 'text' | 'count' | 'time'
export const fields: Record<string, Kind> = {
  state: 'choice', team: 'choice', assignee: 'choice', owner: 'choice', watching: 'choice', mentioned: 'choice', priority: 'rank', is: 'choice', waiting: 'choice', channel: 'choice', tag: 'text',
  requester: 'text', company: 'text', messages: 'count', created: 'time', updated: 'time', activity: 'time', resolved: 'time', closed: 'time', until: 'time', has: 'choice',
}

const ownKinds: Record<Field['type'], Kind> = { text: 'text', long_text: 'text', url: 'text', number: 'count', date: 'time', boolean: 'choice', choice: 'choice', multi_choice: 'choice' }
export function kindOf(field: string): Kind {
  const own = field.startsWith('field.') ? fieldOf(field.slice('field.'.length)) : undefined
  return own ? ownKinds[own.type] : fields[field] ?? 'text'
}

/** What each kind of value can be compared by. "younger" and "older" are ages. */
export const compares: Record<Kind, string[]> = {
  choice: ['=', '!='], text: ['=', '!='], rank: ['=', '!=', '>=', '<='], count: ['=', '>=', '<=', '..'], time: ['younger', 'older', '=', '<', '>=', '..'],
}
const AGE = /^\d+(min|h|d|w)$/
export const isAge = (compare: string) => compare === 'younger' || compare === 'older'
export const emptyRow = (): Row => ({ kind: 'row', field: 'state', compare: '=', value: 'working', end: '' })

/** A fresh value for a field that was just picked. */
export function startOf(field: string): Row {
  const kind = kindOf(field)
  return { kind: 'row', field, compare: compares[kind][0], value: kind === 'time' ? '7d' : kind === 'count' ? '1' : '', end: '' }
}

function rowOf(term: Term, negated: boolean): Item {
  const compare = term.compare ?? '='
  const age = AGE.test(term.value) && compare !== '=' && compare !== '..'
  const shown = age ? (compare.startsWith('<') ? 'younger' : 'older') : compare
  const row: Row = { kind: 'row', field: term.field, compare: shown, value: term.value, end: term.end ?? '', ...(term.phrase ? { phrase: true } : {}), ...(term.prefix ? { prefix: true } : {}) }
  if (!negated) return row
  return compare === '=' && kindOf(term.field) !== 'count' && kindOf(term.field) !== 'time' ? { ...row, compare: '!=' } : { kind: 'group', mode: 'none', items: [row] }
}

export function itemOf(tree: Tree, negated = false): Item {
  if ('not' in tree) return itemOf(tree.not, !negated)
  if ('all' in tree) return { kind: 'group', mode: negated ? 'some_not' : 'all', items: tree.all.map(each => itemOf(each)) }
  if ('any' in tree) return { kind: 'group', mode: negated ? 'none' : 'any', items: tree.any.map(each => itemOf(each)) }
  return rowOf(tree, negated)
}

/** The root is always a group, so that rows can be added. */
export function groupOf(tree: Tree): Group {
  const item = itemOf(tree)
  return item.kind === 'group' ? item : { kind: 'group', mode: 'all', items: [item] }
}

function termOf(row: Row): Tree {
  const compare = row.compare === 'younger' ? '<' : row.compare === 'older' ? '>' : row.compare === '!=' ? '=' : row.compare
  const term: Term = { field: row.field, compare, value: row.value, ...(compare === '..' ? { end: row.end } : {}), ...(row.phrase ? { phrase: true } : {}), ...(row.prefix ? { prefix: true } : {}) }
  return row.compare === '!=' ? { not: term } : term
}

/** Rows without a value, and groups without rows, say nothing yet. */
const says = (item: Item): boolean => item.kind === 'row' ? item.value !== '' && (item.compare !== '..' || item.end !== '') : item.items.some(says)

export function treeOf(item: Item): Tree {
  if (item.kind === 'row') return termOf(item)
  const items = item.items.filter(says).map(treeOf)
  if (!items.length) return { all: [] }
  const group: Tree = item.mode === 'all' || item.mode === 'some_not' ? { all: items } : { any: items }
  return item.mode === 'all' || item.mode === 'any' ? group : { not: group }
}
