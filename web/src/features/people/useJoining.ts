/** Two persons who are one: which of them stays, what it takes from the other, and what will happen. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { addressesOf, mainOf } from '@/api/contacts'
import { http } from '@/api/http'
import type { Contact, Operation, PersonMergePreview } from '@/api/types'
import { wordsOf } from '@/ui/words'

export const sides = ['name', 'locale', 'company'] as const
export type Side = (typeof sides)[number]

export const shown = (one: Contact, side: Side) => side === 'company' ? one.company?.name ?? '' : one[side] ?? ''

/** Where the two say different things; what only one of them knows needs no choice. */
export function differing(from: Contact, into: Contact) {
  return sides.filter(side => shown(from, side) && shown(into, side) && shown(from, side) !== shown(into, side))
}

export function useJoining(person: Contact, found: Ref<Contact | null>) {
  const stays = ref(0)
  const preview = shallowRef<PersonMergePreview | null>(null)
  const failure = ref('')
  const takes = ref<Record<Side, boolean>>({ name: false, locale: false, company: false })
  const notes = ref<'join' | 'keep' | 'take'>('join')
  const main = ref(0)
  const both = computed(() => found.value ? [found.value, person] : [])
  const into = computed(() => preview.value?.into ?? null)
  const from = computed(() => preview.value?.from ?? null)
  const differs = computed(() => from.value && into.value ? differing(from.value, into.value) : [])
  const addresses = computed(() => from.value && into.value ? addressesOf(into.value, from.value) : [])
  const asksNotes = computed(() => !!from.value?.notes && !!into.value?.notes)
  watch(found, one => { stays.value = one?.id ?? 0 })
  let turn = 0
  watch([found, stays], async () => {
    const mine = ++turn
    preview.value = null
    failure.value = ''
    if (!found.value || !stays.value) return
    const goes = stays.value === person.id ? found.value.id : person.id
    try {
      const seen = await http.get<PersonMergePreview>(`/people/${goes}/merge`, { into: stays.value })
      if (mine !== turn) return
      takes.value = { name: false, locale: false, company: false }
      notes.value = 'join'
      main.value = mainOf(seen.into)?.id ?? mainOf(seen.from)?.id ?? 0
      preview.value = seen
    } catch (cause) { if (mine === turn) failure.value = wordsOf(cause) }
  })
  function join() {
    const wish = { into: into.value!.id, take: differs.value.filter(side => takes.value[side]), notes: notes.value, main_identity: main.value || undefined }
    return http.post<Operation>(`/people/${from.value!.id}/merge`, wish)
  }
  return { both, stays, preview, failure, takes, notes, main, into, from, differs, addresses, asksNotes, join }
}
