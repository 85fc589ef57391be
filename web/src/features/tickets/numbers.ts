/** People know a ticket by its number, in whatever format it has; the server by its id. */
import { http, Problem, type Page } from '@/api/http'
import type { Found } from '@/api/types'

export const numberIn = (typed: string) => typed.replace(/\s/g, '').replace(/^#/, '')

export async function idOf(typed: string) {
  const number = numberIn(typed)
  const found = number ? await http.get<Page<Found>>('/search', { q: `number:${number}`, limit: 1 }) : null
  const one = found?.items[0]
  if (!one) throw new Problem(404, 'ticket_not_found', '', '')
  return one.id
}
