import { expect, test } from 'vitest'
import type { Participant } from '@/api/types'
import { readersOf } from './useMerging'

const part = (id: number, name: string, role: Participant['role'] = 'cc', active = true) => ({ person: { id, name, email: null }, role, active, created_at: '' }) as unknown as Participant
const into = [part(1, 'Bea', 'requester'), part(2, 'Cem', 'cc', false), part(3, 'Lieferant', 'third_party')]
const from = [part(4, 'Ana', 'requester'), part(1, 'Bea'), part(5, 'Dana', 'cc', false)]
const names = (choice: 'join' | 'apart') => { const { on, off } = readersOf(into, from, choice); return [on.map(each => each.name), off.map(each => each.name)] }

test('who joins gets the answers; who was switched off stays so', () => {
  expect(names('join')).toEqual([['Bea', 'Ana'], ['Cem', 'Dana']])
})
test('who is kept apart is in sight only, but nobody loses what they had', () => {
  expect(names('apart')).toEqual([['Bea'], ['Cem', 'Ana', 'Dana']])
})
