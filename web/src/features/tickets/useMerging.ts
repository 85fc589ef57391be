/** Several tickets that become one: which of them stays, what that does, and who hears of it from then on. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { http, Problem, type Page } from '@/api/http'
import type { Operation, Participant, Ticket } from '@/api/types'
import { slip } from '@/ui/format'
import { wordsOf } from '@/ui/words'

export type Choice = 'join' | 'apart' | 'replace'
export interface Reader { id: number; name: string; isNew: boolean }
const called = (person: { name?: string | null; email?: string | null }) => person.name || person.email || ''

/** Who gets the answers after the merge, and who is in sight only. Third parties have a thread of their own. */
export function readersOf(into: Participant[], from: Participant[], choice: Choice) {
  const known = new Set<number>(), on: Reader[] = [], off: Reader[] = []
  const take = (part: Participant, isNew: boolean) => {
    if (known.has(part.person.id) || part.role === 'third_party') return
    known.add(part.person.id)
    const list = part.active && !(isNew && choice === 'apart') ? on : off
    list.push({ id: part.person.id, name: called(part.person), isNew })
  }
  into.forEach(part => take(part, false))
  from.forEach(part => take(part, true))
  return { on, off }
}

export function useMerging(tickets: Ticket[], found: Ref<Ticket | null>) {
  const { t } = useI18n()
  const all = computed(() => [...tickets, ...found.value ? [found.value] : []].sort((one, other) => one.id - other.id))
  /** Of several the oldest stays unless somebody says otherwise; its clocks run longest. */
  const stays = ref(tickets.length > 1 ? Math.min(...tickets.map(each => each.id)) : 0)
  watch(found, one => { stays.value = one?.id ?? 0 })
  const into = computed(() => all.value.length > 1 ? all.value.find(each => each.id === stays.value) : undefined)
  const from = computed(() => into.value ? all.value.filter(each => each.id !== stays.value) : [])
  const strangers = computed(() => from.value.filter(each => each.requester.id !== into.value?.requester.id))
  const choice = ref<Choice | ''>('')
  const tells = ref(false)
  watch([into, strangers], () => { choice.value = '' })
  const names = computed(() => [...new Set(strangers.value.map(each => called(each.requester)))])
  /** Only one can be who asks. */
  const choices = computed<Choice[]>(() => new Set(strangers.value.map(each => each.requester.id)).size === 1 ? ['join', 'apart', 'replace'] : ['join', 'apart'])

  const parts = shallowRef(new Map<number, Participant[]>())
  watch(all, async list => {
    for (const { id } of list) {
      if (parts.value.has(id)) continue
      const page = await http.get<Page<Participant>>(`/tickets/${id}/participants`).catch(() => null)
      if (page) parts.value = new Map(parts.value).set(id, page.items)
    }
  }, { immediate: true })
  const readers = computed(() => readersOf(parts.value.get(stays.value) ?? [], from.value.flatMap(each => parts.value.get(each.id) ?? []), choice.value || 'join'))

  const will = computed(() => {
    const target = into.value
    if (!target) return []
    const tags = [...new Set(from.value.flatMap(each => each.tags))].filter(each => !target.tags.includes(each))
    const opens = from.value.some(each => each.category === 'new' || each.category === 'open') && ['waiting', 'resolved', 'closed'].includes(target.category)
    const numbers = from.value.map(each => slip(each)).join(', ')
    return [
      t('together.willMessages', from.value.reduce((sum, each) => sum + each.message_count, 0)), t('together.willMail', { number: numbers }),
      ...tags.length ? [t('together.willTags', { tags: tags.join(', ') })] : [], ...opens ? [t('together.willOpen')] : [],
    ]
  })
  const ready = computed(() => !!into.value && (!strangers.value.length || !!choice.value))

  /** One after the other; what could not be merged is named and stays as it was. */
  async function merge() {
    const target = into.value!, done: Operation[] = [], gone: Ticket[] = [], failed: string[] = []
    for (const each of from.value) {
      const differs = each.requester.id !== target.requester.id
      const body = { into: target.id, ...differs ? { requesters: choice.value } : {}, ...tells.value && each.requester.email ? { tell: true } : {} }
      try {
        done.push(await http.post<Operation>(`/tickets/${each.id}/merge`, body))
        gone.push(each)
      } catch (cause) {
        if (!(cause instanceof Problem)) throw cause
        failed.push(`${slip(each)}: ${wordsOf(cause)}`)
      }
    }
    return { target, done, gone, failed }
  }
  return { all, stays, into, from, names, strangers, choice, choices, tells, readers, will, ready, merge }
}
