/** What happened to a ticket beside its messages, in words. */
import { ref, shallowRef, watch, type Ref } from 'vue'
import { http, type Page } from '@/api/http'
import { staffName, teams } from '@/api/directory'
import type { Recording, Ticket } from '@/api/types'
import { i18n } from '@/i18n'
import { durationWords } from '@/ui/duration'
import { slip } from '@/ui/format'
import { changesOf, type Change, type Recorded } from './changes'

export interface Happening { id: number; at: string; who: string; changes: Change[]; moved?: number; said?: string; operation?: number }

/** Messages tell of themselves; of the rest only what people decide is worth a line. */
const told = ['ticket.changed', 'message.moved', 'message.returned', 'message.verified', 'ticket.merged', 'ticket.unmerged', 'ticket.linked', 'ticket.unlinked', 'ticket.parts_done', 'problem.update', 'macro.run', 'macro.undone',
  'ticket.mentioned', 'ticket.admitted', 'ticket.admission_ended', 'draft.handed', 'draft.taken', 'ticket.checklist', 'ticket.time', 'approval.asked', 'approval.decided', 'approval.withdrawn', 'approval.overdue', 'side.closed', 'side.reopened', 'side.delivery']
const undoable = ['message.moved', 'ticket.merged', 'ticket.linked', 'ticket.unlinked', 'problem.update', 'macro.run']

/** Whom something concerns, as a sentence. */
function concerned(event: Recording) {
  const { t, te } = i18n.global
  const key = `history.${event.kind.replace('ticket.', '').replace('.', '_')}`
  if (event.kind === 'draft.handed' && !event.data?.staff) return t('history.draft_offered')
  if (!te(key)) return undefined
  const { staff, teams: named } = (event.data ?? {}) as { staff?: number | number[]; teams?: number[] }
  const people = (named?.length ? [] : [staff ?? []].flat()).map(each => staffName(each) ?? `#${each}`)
  const list = [...people, ...(named ?? []).map(each => teams.value.find(team => team.id === each)?.name ?? `#${each}`)].join(', ')
  return t(key, { list })
}

function whoOf(event: Recording, ticket: Ticket) {
  if (event.actor_kind === 1) return staffName(event.actor_id) ?? `#${event.actor_id}`
  if (event.actor_kind === 2) return event.actor_id === ticket.requester.id ? ticket.requester.name || ticket.requester.email || '' : i18n.global.t('history.person')
  return i18n.global.t('history.system')
}

/** What joins tickets, from this one's side. */
function saidOf(event: Recording, ticket: Ticket) {
  const { t } = i18n.global
  const data = (event.data ?? {}) as Record<string, unknown>
  const number = (id: unknown) => slip({ number: Number(id) + ticket.number - ticket.id })
  const other = number(Number(data.from) === ticket.id ? data.to ?? data.into : data.from)
  switch (event.kind) {
    case 'ticket.merged': return t(Number(data.from) === ticket.id ? 'together.said.mergedInto' : 'together.said.merged', { other })
    case 'ticket.unmerged': return t('together.said.unmerged', { other })
    case 'message.returned': return t('together.said.returned', { other })
    case 'ticket.linked': return t('together.said.linked', { other })
    case 'ticket.unlinked': return t('together.said.unlinked', { other })
    case 'ticket.parts_done': return t('together.said.partsDone')
    case 'macro.undone': return t('together.said.macroBack', { name: data.name })
    case 'macro.run': return t('together.said.macro', { name: data.name })
    case 'ticket.checklist': return data.change === 'moved' ? undefined : t(`checklist.said.${data.change}`, { text: data.text })
    case 'ticket.time': return t(`times.said.${data.change}`, { time: durationWords(Number(data.seconds)) })
    case 'approval.asked': return t('approvals.said.asked', { name: staffName(data.approver as number) ?? '', text: data.text })
    case 'approval.decided': case 'approval.withdrawn': return t(`approvals.said.${data.state}`, { text: data.text })
    case 'approval.overdue': return t('approvals.said.overdue')
    case 'side.closed': case 'side.reopened': return t(`sides.said.${event.kind.slice(5)}`, { subject: data.subject })
    case 'side.delivery': return ['failed', 'bounced', 'cancelled'].includes(data.state as string) ? t(`sides.said.${data.state}`, { subject: data.subject }) : undefined
    case 'problem.update': return t('together.said.update', Number(data.incidents))
  }
}

/** What was taken back shows as a second happening with the same operation. */
function undone(events: Recording[]) {
  const kinds = new Map<unknown, string>(), found = new Set<unknown>()
  for (const { kind, data } of events) {
    if (!data?.operation) continue
    if ((kinds.get(data.operation) ?? kind) !== kind) found.add(data.operation)
    kinds.set(data.operation, kind)
  }
  return found
}

export function happeningsOf(events: Recording[], ticket: Ticket): Happening[] {
  const back = undone(events)
  return events.filter(each => told.includes(each.kind)).map(event => ({
    id: event.id, at: event.at, who: whoOf(event, ticket), changes: event.kind === 'ticket.changed' ? changesOf(event.data as Recorded) : [],
    moved: event.kind === 'message.moved' ? event.data?.message as number : undefined,
    said: saidOf(event, ticket) ?? concerned(event), operation: undoable.includes(event.kind) && !back.has(event.data?.operation) ? event.data?.operation as number | undefined : undefined,
  })).filter(each => each.changes.length || each.moved || each.said).sort((one, other) => one.id - other.id)
}

export function useHistory(ticket: Ref<Ticket>) {
  const events = shallowRef<Recording[]>([])
  const failed = ref(false)
  watch(() => [ticket.value.id, ticket.value.version], async ([id], before) => {
    if (id !== before?.[0]) events.value = []
    try {
      const page = await http.get<Page<Recording>>(`/tickets/${id}/history`, { limit: 200 })
      if (id === ticket.value.id) { events.value = page.items; failed.value = false }
    } catch { failed.value = true }
  }, { immediate: true })
  return { events, failed }
}
