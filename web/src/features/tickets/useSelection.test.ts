import { nextTick, ref, shallowRef } from 'vue'
import { expect, it } from 'vitest'
import type { Ticket } from '@/api/types'
import { useSelection } from './useSelection'

const rows = (...ids: number[]) => ids.map(id => ({ id }) as Ticket)
const begin = (...ids: number[]) => { const name = ref('open'), tickets = shallowRef(rows(...ids)); return { name, tickets, ...useSelection(name, tickets) } }

it('checks single rows and ranges', () => {
  const list = begin(9, 7, 5, 3)
  list.check(7)
  list.check(3, true)
  expect([...list.checked.value]).toEqual([7, 5, 3])
  list.check(5)
  expect([...list.checked.value]).toEqual([7, 3])
  list.check(9, true)
  expect([...list.checked.value].sort()).toEqual([3, 5, 7, 9])
})

it('forgets what has left the list, and everything in another one', async () => {
  const list = begin(9, 7, 5)
  list.check(9)
  list.check(5)
  list.tickets.value = rows(7, 5)
  await nextTick()
  expect([...list.checked.value]).toEqual([5])
  list.name.value = 'mine'
  await nextTick()
  expect(list.checked.value.size).toBe(0)
})

it('means what comes too when all is meant, until a row is taken out', async () => {
  const list = begin(9, 7)
  list.all(true)
  list.tickets.value = rows(11, 9, 7)
  await nextTick()
  expect([list.whole.value, [...list.checked.value]]).toEqual([true, [11, 9, 7]])
  list.check(9)
  expect([list.whole.value, [...list.checked.value]]).toEqual([false, [11, 7]])
})
