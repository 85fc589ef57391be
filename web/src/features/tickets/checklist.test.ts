import { expect, test } from 'vitest'
import { moved, replaced } from './checklist'

const list = [1, 2, 3, 4].map(id => ({ id, text: `${id}` }))
const ids = (some: { id: number }[]) => some.map(each => each.id)
test('an item stands where it is put', () => {
  expect(ids(moved(list, 1, 1))).toEqual([2, 1, 3, 4])
  expect(ids(moved(list, 4, 0))).toEqual([4, 1, 2, 3])
  expect(ids(moved(list, 2, 3))).toEqual([1, 3, 4, 2])
  expect(ids(moved(list, 9, 0))).toEqual([1, 2, 3, 4])
})
test('one is shown as it will be', () => {
  expect(replaced(list, { id: 2, text: 'x' }).map(each => each.text)).toEqual(['1', 'x', '3', '4'])
})
