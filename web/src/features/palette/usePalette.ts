/** The rows of the palette: what can be done with the open ticket, what was found, where one may go. */
import { Building2, Search, TextQuote, Zap } from 'lucide-vue-next'
import { computed, shallowRef, type Component, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter, type RouteLocationRaw } from 'vue-router'
import { loadContact } from '@/api/contacts'
import { http } from '@/api/http'
import { may } from '@/api/session'
import type { Company, Ticket } from '@/api/types'
import { commands, scope, type Command } from '@/ui/commands'
import { brief, slip } from '@/ui/format'
import { capsOf, fires } from '@/ui/keys'
import { keyNames } from '@/ui/keyTable'
import { match, piecesOf } from './match'
import { goCommands, viewCommands } from './places'
import { useRecent } from './recent'
import { useFound } from './useFound'

export interface Row {
  id: string; text: string; more?: string; also?: string; icon?: Component; channel?: string; person?: string; caps: string[]
  pieces: { text: string; hit: boolean }[]; to?: RouteLocationRaw; act?: () => unknown; deep?: boolean
}
type Name = 'recent' | 'ticket' | 'list' | 'tickets' | 'people' | 'views' | 'go'
export interface Part { name: Name; rows: Row[] }
const FIRST = 5, OWN = 8, FEW = 4, MANY = 8

const plain = (text: string) => [{ text, hit: false }]
const rowOf = ({ id, text, more, also, icon, keys, to, act, deep }: Command): Row => ({ id, text, more, also, icon, to, act, deep, caps: keys && fires(keys) ? capsOf(keys)[0] ?? [] : [], pieces: plain(text) })

export function usePalette(words: Ref<string>, wide: Ref<boolean>) {
  const { t } = useI18n()
  const router = useRouter()
  const { recent, remember } = useRecent()
  const { found, answered, busy, failed } = useFound(words)
  const scoped = computed(() => !!scope.value && !wide.value)
  const ticketRow = (each: Ticket): Row => ({ id: `ticket:${each.id}`, text: each.subject || t('ticket.noSubject'), pieces: [], caps: [], channel: each.channel, more: [slip(each), t(`category.${each.category}`), brief(each.updated_at)].join(' · '), to: `/inbox/all/${each.id}` })
  const personRow = (each: { id: number; name: string; email?: string | null; company?: { name: string } | null }): Row => ({ id: `person:${each.id}`, text: each.name || each.email || '', pieces: [], caps: [], person: each.name || each.email || '', more: [each.name ? each.email : '', each.company?.name].filter(Boolean).join(' · '), to: `/customers/${each.id}` })
  const companyRow = (each: Company): Row => ({ id: `company:${each.id}`, text: each.name, pieces: [], caps: [], icon: Building2, more: each.domains.join(', '), to: `/customers/companies/${each.id}` })

  /** What was chosen last is asked for anew: it may have changed, or be out of sight. */
  const again = shallowRef<Row[]>([])
  async function recall() {
    const read: Record<string, (id: number) => Promise<Row>> = {
      ticket: async id => ticketRow(await http.get<Ticket>(`/tickets/${id}`)),
      person: async id => personRow(await loadContact(id) as never), company: async id => companyRow(await http.get<Company>(`/companies/${id}`)),
    }
    const places = recent.value.filter(each => /^(ticket|person|company):\d+$/.test(each)).slice(0, FIRST)
    const rows = await Promise.allSettled(places.map(each => { const [kind, id] = each.split(':'); return read[kind](Number(id)) }))
    again.value = rows.flatMap(each => each.status === 'fulfilled' ? [each.value] : [])
  }
  recall()

  /** All that is offered here, in the order of the sections; made once as long as nothing changes around it. */
  const offered = computed(() => {
    const place = ({ keys }: Command) => keys ? keyNames.indexOf(keys) : keyNames.length
    const list = commands().sort((one, other) => place(one) - place(other)), of = (name: Command['section']) => list.filter(each => each.section === name).map(rowOf)
    return { ticket: scope.value ? of('ticket') : [], list: of('list'), views: viewCommands(t).map(rowOf), go: goCommands(router, list, t).map(rowOf) }
  })
  const replies = computed<Row[]>(() => scope.value?.putReply ? found.replies.map(each => ({ id: `reply:${each.id}`, text: t('palette.reply', { name: each.name }), more: each.folder || undefined, also: `${each.key ?? ''} ${each.snippet}`, icon: TextQuote, caps: each.key ? [`/${each.key}`] : [], pieces: [], act: () => scope.value?.putReply?.(each.id) })) : [])
  const macros = computed<Row[]>(() => scope.value?.pickMacro ? found.macros.map(each => ({ id: `macro:${each.id}`, text: t('palette.macro', { name: each.name }), icon: Zap, caps: [], pieces: [], deep: true, act: () => scope.value?.pickMacro?.(each.id) })) : [])

  /** The best first; of equals what was chosen last, then as they are offered. */
  function fitting(rows: Row[], most: number) {
    const place = (row: Row) => { const at = recent.value.indexOf(row.id); return at < 0 ? recent.value.length : at }
    const hits = rows.flatMap((row, index) => { const hit = match(words.value, row.text, row.also); return hit ? [{ row, hit, index }] : [] })
    hits.sort((one, other) => one.hit.rank - other.hit.rank || place(one.row) - place(other.row) || one.index - other.index)
    return hits.slice(0, most).map(({ row, hit }) => ({ ...row, pieces: piecesOf(row.text, hit.marks) }))
  }
  /** What the server found. Until it has answered to the last letter, only what visibly fits stays. */
  function marked(name: keyof typeof answered, rows: Row[], most: number) {
    const hits = rows.map(row => ({ row, hit: match(words.value, row.text) })).filter(each => each.hit || answered[name] === words.value.trim())
    return hits.slice(0, most).map(({ row, hit }) => ({ ...row, pieces: piecesOf(row.text, hit?.marks ?? []) }))
  }

  function begin(): Part[] {
    const { ticket, list, views, go } = offered.value
    const all = [...scoped.value ? [...ticket, ...macros.value] : [], ...list, ...views, ...go, ...again.value.map(row => ({ ...row, pieces: plain(row.text) }))]
    const last = recent.value.flatMap(id => all.find(each => each.id === id) ?? []).slice(0, FIRST)
    const rest = (rows: Row[]) => rows.filter(row => !row.deep && !last.some(each => each.id === row.id))
    return [{ name: 'recent', rows: last }, { name: 'ticket', rows: scoped.value ? rest(ticket) : [] }, { name: 'list', rows: rest(list) }, { name: 'go', rows: rest(go) }]
  }
  function look(): Part[] {
    const { ticket, list, views, go } = offered.value, most = scoped.value ? FEW : MANY
    const q = words.value.trim()
    const search: Row[] = may('tickets.read') ? [{ id: 'searchAll', text: t('palette.searchAll', { q }), pieces: plain(t('palette.searchAll', { q })), caps: [], icon: Search, to: { path: '/search', query: { q } } }] : []
    return [
      { name: 'ticket', rows: scoped.value ? fitting([...ticket, ...macros.value], OWN).concat(marked('replies', replies.value, FEW)) : [] },
      { name: 'list', rows: fitting(list, FEW) },
      { name: 'tickets', rows: [...marked('tickets', found.tickets.map(ticketRow), most), ...search] },
      { name: 'people', rows: [...marked('people', found.people.map(personRow), most), ...marked('companies', found.companies.map(companyRow), FEW)] },
      { name: 'views', rows: fitting(views, most) },
      { name: 'go', rows: fitting(go, most) },
    ]
  }
  const parts = computed(() => (words.value.trim() ? look() : begin()).filter(each => each.rows.length))
  const rows = computed(() => parts.value.flatMap(each => each.rows))
  return { parts, rows, scoped, busy, failed, remember }
}
