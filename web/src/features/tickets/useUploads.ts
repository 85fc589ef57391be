import { computed, ref } from 'vue'
import { http } from '@/api/http'
import { wordsOf } from '@/ui/words'
import type { Upload } from '@/api/types'

/** A file on its way up, or one that did not get there and why. */
export interface Rising { key: number; file: File; why: string }
type Into = { files: Upload[] }

/** Files go up one by one, into the text they were dropped on even when another one shows meanwhile. What failed stays in sight
 *  until it is tried again or removed. */
export function useUploads() {
  const rising = ref<Rising[]>([])
  const goals = new Map<number, Into>()
  const uploading = computed(() => rising.value.some(each => !each.why))
  const failed = computed(() => rising.value.some(each => each.why))
  let last = 0

  function drop(key: number) { goals.delete(key); rising.value = rising.value.filter(each => each.key !== key) }
  async function lift({ key, file }: Rising) {
    const headers = { 'Content-Type': file.type || 'application/octet-stream', 'X-File-Name': encodeURIComponent(file.name) }
    const say = (why: string) => { rising.value = rising.value.map(each => each.key === key ? { ...each, why } : each) }
    say('')
    try {
      const made = await http.post<Upload>('/uploads', file, { headers })
      goals.get(key)?.files.push(made)
      drop(key)
    } catch (cause) { say(wordsOf(cause)) }
  }
  async function add(list: Iterable<File>, into: Into) {
    const made = [...list].map(file => ({ key: ++last, file, why: '' }))
    for (const each of made) goals.set(each.key, into)
    rising.value = [...rising.value, ...made]
    for (const each of made) if (goals.has(each.key)) await lift(each)
  }
  return { rising, uploading, failed, add, lift, drop }
}
