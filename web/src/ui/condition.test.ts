import { expect, test } from 'vitest'
import type { Tree } from '@/api/views'
import { groupOf, treeOf } from './condition'

const round = (tree: Tree) => treeOf(groupOf(tree))

test('what the builder shows means the same', () => {
  const trees: Tree[] = [
    { all: [] },
    { all: [{ field: 'state', compare: '=', value: 'open' }, { not: { field: 'tag', compare: '=', value: 'vip' } }] },
    { any: [{ field: 'created', compare: '<', value: '7d' }, { all: [{ field: 'messages', compare: '..', value: '2', end: '4' }, { field: 'until', compare: '<', value: 'today' }] }] },
    { not: { any: [{ field: 'is', compare: '=', value: 'spam' }, { field: 'updated', compare: '>', value: '48h' }] } },
  ]
  for (const tree of trees) expect(round(tree)).toEqual(tree)
})
test('one term becomes a group of one', () => {
  expect(round({ field: 'priority', compare: '>=', value: 'high' })).toEqual({ all: [{ field: 'priority', compare: '>=', value: 'high' }] })
})
test('a row without a value says nothing yet', () => {
  expect(treeOf({ kind: 'group', mode: 'all', items: [{ kind: 'row', field: 'tag', compare: '=', value: '', end: '' }] })).toEqual({ all: [] })
})
