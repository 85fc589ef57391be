/** One save at a time, with the words of what the server refused. */
import { ref } from 'vue'
import { fieldsOf, wordsOf } from './words'

export function useForm() {
  const busy = ref(false)
  const failure = ref('')
  const fields = ref<Record<string, string>>({})
  async function run(act: () => Promise<unknown>) {
    if (busy.value) return false
    busy.value = true
    failure.value = ''
    fields.value = {}
    try { await act(); return true } catch (cause) {
      fields.value = fieldsOf(cause)
      failure.value = wordsOf(cause)
      return false
    } finally { busy.value = false }
  }
  return { busy, failure, fields, run }
}
