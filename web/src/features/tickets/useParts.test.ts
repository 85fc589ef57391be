import { effectScope, nextTick, shallowRef } from 'vue'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Ticket } from '@/api/types'

interface Answer { items: number[]; next: null }
const asked: ((answer: Answer) => void)[] = []
const ask = () => new Promise<Answer>(answer => { asked.push(answer) })
vi.mock('@/api/http', () => ({ http: { get: () => ask() } }))
vi.mock('@/ui/words', () => ({ sayDone: () => {}, sayFailure: () => {}, wordsOf: String }))
const { useParts } = await import('./useParts')

const settle = async (at: number, items: number[]) => { asked[at]({ items, next: null }); await nextTick(); await nextTick() }
function parts() {
  const ticket = shallowRef({ id: 1 } as Ticket)
  const made = effectScope().run(() => useParts<number>(() => ticket.value, 'links'))!
  return { ticket, ...made }
}
beforeEach(() => { asked.length = 0 })

test('a list that was asked for before something was done says nothing of it', async () => {
  const { list, change } = parts()
  await settle(0, [1, 2])
  change([1], ask, '', ask)
  expect(list.value).toEqual([1])
  await settle(1, [1])
  expect(list.value).toEqual([1])
})
test('neither does one that was asked for meanwhile', async () => {
  const { ticket, list, change } = parts()
  await settle(0, [1, 2])
  ticket.value = { id: 1 } as Ticket
  await nextTick()
  change([1], ask, '', ask)
  ticket.value = { id: 1 } as Ticket
  await nextTick()
  await settle(3, [1, 2])
  await settle(1, [1, 2])
  expect(list.value).toEqual([1])
  await settle(2, [1])
  expect(list.value).toEqual([1])
  await settle(4, [1, 3])
  expect(list.value).toEqual([1, 3])
})
test('of two things done at once the later answer counts', async () => {
  const { list, change } = parts()
  await settle(0, [1, 2, 3])
  change([1, 2], ask, '', ask)
  change([1], ask, '', ask)
  await settle(2, [1])
  await settle(1, [1, 2])
  expect(list.value).toEqual([1])
})
test('what is under way in one ticket keeps no list of another back', async () => {
  const { ticket, list, change } = parts()
  await settle(0, [1, 2])
  change([1], ask, '', ask)
  ticket.value = { id: 2 } as Ticket
  await nextTick()
  await settle(2, [7])
  expect(list.value).toEqual([7])
  await settle(1, [1])
  expect(list.value).toEqual([7])
})
