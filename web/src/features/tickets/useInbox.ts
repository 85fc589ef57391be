/** What the inbox does with the open ticket: changes with a way back, walking on, taking back. */
import { nextTick, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { loadCounters } from '@/api/counters'
import { colleagues, teams } from '@/api/directory'
import { fieldName } from '@/api/fields'
import { http } from '@/api/http'
import type { Message, Ticket, TicketPatch } from '@/api/types'
import { moment, slip } from '@/ui/format'
import { showToast } from '@/ui/toast'
import { sayDone, sayFailure } from '@/ui/words'
import { wayBack } from './changes'
import type { useList } from './useList'
import type { useTicket } from './useTicket'

interface Desk {
  view: Ref<string>; tickets: Readonly<Ref<Ticket[]>>; list: ReturnType<typeof useList>; now: ReturnType<typeof useTicket>
  open: (id: number) => Promise<unknown>; back: () => void
}

export function useInbox({ view, tickets, list, now, open, back }: Desk) {
  const { t } = useI18n()
  const { ticket, late } = now

  /** What is still open around a ticket that is done now. */
  const warned = (after: Ticket, text: string) => [text, ...(after.warnings ?? []).map(each => each.message ?? each.code)].join('. ')

  function wordsOf(wish: TicketPatch, after: Ticket) {
    const number = slip(after)
    if (wish.is_spam !== undefined) return t(wish.is_spam ? 'done.spam' : 'done.noSpam', { number })
    if (wish.requester) return t('done.requester', { number, name: after.requester.name || after.requester.email })
    if ('assignee' in wish) return wish.assignee ? t('done.assigned', { number, name: colleagues.value.find(each => each.id === wish.assignee)?.name ?? after.assignee?.name ?? '' }) : t('done.unassigned', { number })
    if (wish.team) return t('done.team', { number, name: teams.value.find(each => each.id === wish.team)?.name ?? '' })
    if (wish.priority) return t('done.priority', { number, priority: t(`priority.${wish.priority}`) })
    if (wish.fields) return t('done.fields', { number, names: Object.keys(wish.fields).map(fieldName).join(', ') })
    if (wish.tags) return t('done.tags', { number })
    return warned(after, t(after.category === 'waiting' ? 'done.waiting' : after.category === 'resolved' ? 'ticket.resolved' : 'done.state', { number }))
  }

  /** Says what was taken back, since the ticket may be out of sight by now, and puts its row where it was. */
  async function takeBack(before: Ticket, after: Ticket, wish: TicketPatch, what: string, at: number, where: string) {
    const restored = await now.revert(after, wayBack(before, wish))
    if (!restored) return false
    if (at >= 0 && where === view.value) list.restore(restored, at)
    showToast({ text: t('done.undone', { what }) })
    return true
  }

  async function change(wish: TicketPatch, shown: Partial<Ticket>) {
    const before = ticket.value
    if (!before) return
    const { at } = neighbour(before.id), where = view.value
    const after = await now.patch(wish, shown)
    if (!after) return
    const what = wordsOf(wish, after)
    sayDone(what, () => takeBack(before, after, wish, what, at, where))
  }

  /** The next ticket in the list, else the one before. */
  function neighbour(id: number) {
    const at = tickets.value.findIndex(each => each.id === id)
    return { at, next: at < 0 ? undefined : tickets.value[at + 1] ?? tickets.value[at - 1] }
  }
  const leaves = () => view.value !== 'resolved' && view.value !== 'all' && !['drafts', 'watching', 'mentioned'].includes(view.value)

  /** Solving shows at once and moves on as soon as it is kept. */
  async function resolve() {
    const one = ticket.value
    if (!one) return
    const { at, next } = neighbour(one.id), where = view.value
    const after = await now.patch({ state: 'resolved' }, { state: 'resolved', category: 'resolved' })
    if (!after) return
    if (leaves() && at >= 0) list.remove(one.id)
    if (next) open(next.id)
    else back()
    const what = warned(after, t('ticket.resolved', { number: slip(one) }))
    sayDone(what, async () => { if (await takeBack(one, after, { state: 'resolved' }, what, at, where)) open(one.id) })
  }

  /** Putting off for oneself: out of the own work, with the way back in the toast. */
  async function putOff(wish: { until: string; reason: string } | null) {
    const one = ticket.value
    if (!one) return
    const { at, next } = neighbour(one.id), where = view.value, number = slip(one)
    const ask = (to: { until: string; reason: string } | null) => to ? http.put<Ticket>(`/tickets/${one.id}/snooze`, to) : http.delete<Ticket>(`/tickets/${one.id}/snooze`)
    const before = one.snoozed_until_at ? { until: one.snoozed_until_at, reason: one.snooze_reason ?? '' } : null
    try {
      now.put(await ask(wish))
      if (wish && leaves() && where !== 'waiting' && where !== 'snoozed' && at >= 0) {
        list.remove(one.id)
        if (next) open(next.id)
        else back()
      }
      loadCounters()
      sayDone(wish ? t('done.asleep', { number, day: moment(wish.until) }) : t('done.awake', { number }), async () => {
        const restored = await ask(before)
        if (at >= 0 && where === view.value) list.restore(restored, at)
        now.put(restored)
        loadCounters()
        showToast({ text: t('done.undone', { what: number }) })
      })
    } catch (cause) { sayFailure(cause) }
  }

  function reopen() { return change({ state: 'open' }, { state: 'open', category: 'open' }) }

  async function again() {
    const wish = late.value
    late.value = null
    if (wish) await change(wish.wish, wish.shown)
  }

  /** An answer that also resolves: the list moves on, the toast with its way back stays. */
  async function sent(message: Message, then: string) {
    now.putMessage(message)
    const one = ticket.value
    if (!one || then !== 'resolved') { await now.load(); return }
    const { at, next } = neighbour(one.id)
    if (leaves() && at >= 0) list.remove(one.id)
    if (next) open(next.id)
    else back()
  }
  /** Taking an answer back also undoes what it did to the ticket. */
  async function recalled(message: Message) {
    await open(message.shown_in)
    await nextTick()
    await now.load()
    now.putMessage(message)
    list.load()
    if (ticket.value) showToast({ text: t('done.recalled', { number: slip(ticket.value) }) })
  }
  return { change, resolve, putOff, reopen, again, sent, recalled }
}
