/** What belongs to a ticket and is kept beside it. A change shows at once, and the way back leads to the ticket it was made in. */
import { ref, shallowRef, watch } from 'vue'
import { http, type Page } from '@/api/http'
import type { Ticket } from '@/api/types'
import { sayDone, sayFailure, wordsOf } from '@/ui/words'

const numberOf = (part: unknown) => (part as { id?: number }).id ?? 0

export function useParts<T>(ticket: () => Ticket, part: 'participants' | 'links' | 'checklist' | 'times' | 'approvals' | 'side-conversations' | 'watchers' | 'admissions' | 'draft-offers') {
  type Act = (path: string) => Promise<Page<T>>
  const list = shallowRef<T[]>([])
  const broken = ref('')
  const pathOf = (id: number) => `/tickets/${id}/${part}`

  /** What was done in each ticket: how often, and how much of it is under way. A list that was asked for before, or meanwhile, says nothing of it. */
  const deeds = new Map<number, { done: number; under: number; missed: boolean }>()
  function deedsIn(id: number) {
    if (!deeds.has(id)) deeds.set(id, { done: 0, under: 0, missed: false })
    return deeds.get(id)!
  }

  function show(page: Page<T>) {
    list.value = page.items
    broken.value = ''
  }
  /** Answers that came too late belong to a ticket that is not shown any more. */
  async function load() {
    const { id } = ticket(), here = deedsIn(id), before = here.done
    try {
      const page = await http.get<Page<T>>(pathOf(id))
      here.missed ||= here.under > 0
      if (id === ticket().id && before === here.done && !here.under) show(page)
    } catch (cause) { if (id === ticket().id) broken.value = wordsOf(cause) }
  }
  async function take(id: number, act: Act) {
    const here = deedsIn(id), mine = ++here.done
    here.under++
    try {
      const page = await act(pathOf(id))
      if (id === ticket().id && mine === here.done) show(page)
    } finally { here.under-- }
    if (!here.missed || here.under) return
    here.missed = false
    if (id === ticket().id) load()
  }
  async function tryTo(id: number, act: Act) {
    try { await take(id, act); return true } catch (cause) { sayFailure(cause); load(); return false }
  }
  /** Shows the list as it will be and asks for it. */
  async function change(shown: T[], act: Act, text: string, back: Act) {
    const { id } = ticket()
    list.value = shown
    if (await tryTo(id, act)) sayDone(text, () => tryTo(id, back))
  }
  /** The same of what is taken back the way it was done. */
  async function quietly(shown: T[], act: Act) {
    list.value = shown
    return tryTo(ticket().id, act)
  }
  /** A new part, known by what was not there before. Throws what the server refuses. */
  async function add(body: object, said: (made: T) => { text: string; back: Act }, isSame: (one: T, other: T) => boolean) {
    const { id } = ticket()
    const before = list.value
    let made: T | undefined
    await take(id, async path => {
      const page = await http.post<Page<T>>(path, body)
      /* A colleague may have added something too: ours is the latest that is new. */
      made = page.items.filter(each => !before.some(one => isSame(one, each))).sort((one, other) => numberOf(other) - numberOf(one))[0]
      return page
    })
    if (!made) return
    const { text, back } = said(made)
    sayDone(text, () => tryTo(id, back))
  }
  watch(ticket, (now, before) => { if (now.id !== before?.id) list.value = []; load() }, { immediate: true })
  return { list, broken, load, change, quietly, add }
}
