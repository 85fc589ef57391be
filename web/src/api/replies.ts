/** Canned replies: what the composer and the settings ask of them. */
import { http, type Page } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Reply = Schemas['Reply']
export type ReplyRow = Schemas['ReplyRow']
export type ReplyFilled = Schemas['ReplyFilled']

export const findReplies = async (q: string, limit: number, signal?: AbortSignal) => (await http.get<Page<ReplyRow>>('/replies', { q, limit }, signal)).items
export const loadReply = (id: number) => http.get<Reply>(`/replies/${id}`)
export const deleteReply = (id: number) => http.delete(`/replies/${id}`)
export const restoreReply = (id: number) => http.post<Reply>(`/replies/${id}/restore`)
export const previewReply = (id: number, ticket: number, signal?: AbortSignal) => http.get<ReplyFilled>(`/replies/${id}/preview`, { ticket }, signal)
export const useReply = (id: number, ticket: number) => http.post<ReplyFilled>(`/replies/${id}/use`, { ticket })

/** What a text may name. */
export const variables = ['customer.name', 'customer.first_name', 'customer.last_name', 'customer.email', 'customer.company', 'ticket.number', 'ticket.subject',
  'agent.name', 'agent.first_name', 'team.name', 'company.name'] as const

/** The text with values put in by their name; what has none takes its fallback, or stays. Unknown names are listed. */
export function fillIn(text: string, values: Record<string, string>) {
  const unknown = new Set<string>()
  const filled = text.replace(/\{\{([^{}|]*)(?:\|([^{}]*))?\}\}/g, (whole, name: string, fallback?: string) => {
    const known = variables.find(each => each === name.trim())
    if (!known) { unknown.add(whole); return whole }
    return values[known] || fallback?.trim() || whole
  })
  return { filled, unknown: [...unknown] }
}

const hole = /\{\{\s*(?:customer|ticket|agent|team|company)\.[^{}]*\}\}/gi

/** Variables without a value, which no answer may go out with: each with where it stands. */
export const holesIn = (text: string) => [...text.matchAll(hole)].map(found => ({ words: found[0], from: found.index, to: found.index + found[0].length }))
