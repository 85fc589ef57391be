/** Persons and companies: what several screens ask of them. */
import { http, type Page } from './http'
import type { Company, Contact, Identity } from './types'

export const channels = ['email', 'phone', 'handle', 'external'] as const
export type Channel = (typeof channels)[number]

export const loadContact = (id: number) => http.get<Contact>(`/people/${id}`)
export const addIdentity = (person: number, channel: Channel, value: string) => http.post<Contact>(`/people/${person}/identities`, { channel, value })
export const changeIdentity = (person: number, identity: number, wish: { proof?: Identity['proof']; bounced?: false; main?: boolean }) =>
  http.patch<Contact>(`/people/${person}/identities/${identity}`, wish)
export const removeIdentity = (person: number, identity: number) => http.delete<Contact>(`/people/${person}/identities/${identity}`)
export const findCompanies = async (q: string) => (await http.get<Page<Company>>('/companies', { q, limit: 20 })).items

export const addressesOf = (...people: Contact[]) => people.flatMap(each => each.identities.filter(one => one.channel === 'email'))

/** To which letters go now. */
export const mainOf = (one: Contact) => addressesOf(one).find(each => each.main) ?? addressesOf(one)[0]

/** Where the screen shows what an answer of the API points to. */
export const shownAt = (see: string) => see.replace('/api/v1/people/', '/customers/').replace('/api/v1/companies/', '/customers/companies/')

/** What somebody typed: an address, a number, or a name elsewhere. */
export function channelOf(value: string): Channel {
  if (/^[^\s@]+@[^\s@]+$/.test(value.trim())) return 'email'
  return /^\+?[\d\s()/-]{3,}$/.test(value.trim()) ? 'phone' : 'handle'
}
