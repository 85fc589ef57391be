import { describe, expect, it } from 'vitest'
import { addressesOf, mainOf } from '@/api/contacts'
import type { Contact } from '@/api/types'
import { differing, shown } from './useJoining'

const person = (id: number, more: Partial<Contact> = {}): Contact => ({
  id, name: `P${id}`, email: null, company: null, locale: null, notes: '', version: 1, created_at: '', merged_into_id: null, identities: [], ...more })
const address = (id: number, main = false) => ({ id, channel: 'email' as const, value: `${id}@a.example`, proof: 'none' as const, main, bounced_at: null, bounce_detail: null, created_at: '' })

describe('two persons who are one', () => {
  it('asks only where both say something, and not the same', () => {
    const one = person(1, { locale: 'de', company: { id: 1, name: 'Nord' } }), two = person(2, { company: { id: 2, name: 'Süd' } })
    expect(differing(one, two)).toEqual(['name', 'company'])
    expect(differing(one, { ...one, id: 2 })).toEqual([])
    expect(shown(two, 'locale')).toBe('')
  })
  it('knows to which address letters go', () => {
    expect(mainOf(person(1, { identities: [address(1), address(2)] })).id).toBe(1)
    expect(mainOf(person(1, { identities: [address(1), address(2, true)] })).id).toBe(2)
    expect(mainOf(person(1))).toBeUndefined()
  })
  it('puts the addresses of the one who stays first', () => {
    expect(addressesOf(person(1, { identities: [address(3)] }), person(2, { identities: [address(1)] })).map(each => each.id)).toEqual([3, 1])
  })
})
