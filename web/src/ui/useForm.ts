/** One save at a time, and what is read behind it, with the words of what the server refused. */
import { ref } from 'vue'
import { fieldsOf, wordsOf } from './words'

export function useForm() {
  const busy = ref(false)
  const failure = ref('')
  const fields = ref<Record<string, string>>({})
  let next: (() => Promise<unknown>) | null = null
  async function run(act: () => Promise<unknown>, keeps = false) {
    if (busy.value) return false
    busy.value = true
    if (!keeps) { failure.value = ''; fields.value = {} }
    try { await act(); return true } catch (cause) {
      fields.value = fieldsOf(cause)
      failure.value = wordsOf(cause)
      return false
    } finally {
      busy.value = false
      const act = next
      next = null
      if (act) void run(act, true)
    }
  }
  /** Reads anew: behind what is under way, and once however often it was asked for. */
  function renew(act: () => Promise<unknown>) {
    if (busy.value) next = act
    else void run(act)
  }
  return { busy, failure, fields, run, renew }
}
