/** Persons as tables and cards: imports that go on behind the request, and where exports are to be had. */
import { address, http, type Page } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type PersonImport = Schemas['PersonImport']
export type ImportRow = Schemas['PersonImportRows']['items'][number]
export type ImportColumn = Schemas['ImportColumn']
export type Existing = PersonImport['existing']

export const columns: ImportColumn[] = ['ignore', 'name', 'first_name', 'last_name', 'email', 'phone', 'company', 'locale', 'notes', 'handle', 'external']
export const charsets = ['utf-8', 'windows-1252', 'windows-1250'] as const
export const delimiters = ['comma', 'semicolon', 'tab'] as const

export const loadImports = async () => (await http.get<Page<PersonImport>>('/people/imports', { limit: 20 })).items
export const loadImport = (id: number) => http.get<PersonImport>(`/people/imports/${id}`)
export const loadRows = (id: number, wish: { state?: string; limit?: number; cursor?: string | null }) => http.get<Page<ImportRow>>(`/people/imports/${id}/rows`, wish)
export const checkImport = (id: number, wish: { columns: string[]; existing: Existing }) => http.post<PersonImport>(`/people/imports/${id}/check`, wish)
export const runImport = (id: number) => http.post<PersonImport>(`/people/imports/${id}/run`)
export const stopImport = (id: number) => http.post<PersonImport>(`/people/imports/${id}/stop`)
export const dropImport = (id: number) => http.delete(`/people/imports/${id}`)
export const sendTable = (file: File, wish: { charset?: string; delimiter?: string } = {}) =>
  http.post<PersonImport>('/people/imports', file, { query: wish, headers: { 'Content-Type': 'text/csv', 'X-File-Name': encodeURIComponent(file.name) } })

export const errorsAt = (id: number) => address(`/people/imports/${id}/errors`)
export const exportAt = (format: 'csv' | 'vcard', wish: { q?: string; person?: number; company?: number } = {}) => address('/people/export', { format, ...wish })

export const isMoving = (one: PersonImport) => one.state === 'checking' || one.state === 'running'
/** How many rows have had their turn in what is under way, or was last. */
export const handled = (one: PersonImport) => one.total - (one.state === 'checking' ? one.pending : one.new + one.change)
/** How many are to be taken in. */
export const wanted = (one: PersonImport) => one.new + one.change
