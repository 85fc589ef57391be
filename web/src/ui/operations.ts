/** What was done in one go and can be taken back: asking first what would stay, taking back, and saying what stayed. */
import { fieldName } from '@/api/fields'
import { http } from '@/api/http'
import type { Operation, Ticket } from '@/api/types'
import { i18n } from '@/i18n'
import { slip } from './format'
import { showToast } from './toast'
import { sayDone, sayFailure } from './words'

type Kept = Operation['kept'][number]

/** One part that stays, in words: what it is, and why. A field of the house has its own name. */
export function keptWords(one: Kept) {
  const { t, te } = i18n.global
  const part = te(`together.part.${one.field}`) ? t(`together.part.${one.field}`) : fieldName(one.field)
  return `${part}: ${one.message ?? one.code}${one.count ? ` (${one.count})` : ''}`
}

/** What was done, seen from one of its tickets. The number on the slip is the id plus a base that the server keeps for itself. */
export function operationWords(one: Operation, ticket: Ticket) {
  const { t } = i18n.global
  const summary = one.summary as Record<string, unknown>
  const from = Number(summary.from), into = Number(summary.into ?? summary.to)
  const number = (id: number) => slip({ number: id + ticket.number - ticket.id })
  const kind = t(`together.kind.${one.kind.replace('.', '_')}`)
  if (summary.name) return `${kind} „${summary.name}“`
  return from && into ? `${kind}: ${number(from)} → ${number(into)}` : kind
}

async function undo(id: number) {
  try { return await http.post<Operation>(`/operations/${id}/undo`) } catch (cause) { sayFailure(cause); return null }
}

/** The last one first, since each stands on what the one before has made. */
export async function takeBack(ids: number[]) {
  const kept: string[] = []
  for (const id of ids.toReversed()) {
    const done = await undo(id)
    if (!done) return false
    kept.push(...done.kept.map(keptWords))
  }
  const stayed = [...new Set(kept)].join(' · ')
  showToast({ text: stayed ? i18n.global.t('together.undoneBut', { stayed }) : i18n.global.t('together.undone') })
  return true
}

/** Says what was done, with the way back; after tells whoever looks at it that it was taken back. */
export function sayOperations(operations: Operation[], text: string, after: () => void) {
  sayDone(text, async () => { if (await takeBack(operations.map(each => each.id))) after() })
}
