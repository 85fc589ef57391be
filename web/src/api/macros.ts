/** Macros: what the ticket and the settings ask of them. */
import { http, type Page } from './http'
import type { components } from './schema'

type Schemas = components['schemas']
export type Macro = Schemas['Macro']
export type MacroAction = Schemas['MacroAction']
export type MacroRun = Schemas['MacroRun']

export const loadMacros = async (ticket?: number) => (await http.get<Page<Macro>>('/macros', { ticket })).items
export const tryMacro = (ticket: number, macro: number) => http.post<MacroRun>(`/tickets/${ticket}/macro/${macro}?dry_run=true`)
/** As it was shown, or not at all. */
export const runMacro = (shown: MacroRun, once: string) => http.post<MacroRun>(`/tickets/${shown.ticket}/macro/${shown.macro}`, {}, { once, version: shown.ticket_version, query: { macro_version: shown.macro_version } })
export const deleteMacro = (id: number) => http.delete(`/macros/${id}`)
export const restoreMacro = (id: number) => http.post<Macro>(`/macros/${id}/restore`)
export const undoOperation = (id: number) => http.post<{ kept: { message: string }[] }>(`/operations/${id}/undo`)
