/** Address, password and, where it is asked for, the code of the second factor. */
import { nextTick, ref } from 'vue'
import { Problem } from '@/api/http'
import { signIn } from '@/api/session'
import { useForm } from '@/ui/useForm'

export function useSignIn(done: () => unknown, known = '') {
  const email = ref(known)
  const password = ref('')
  const code = ref('')
  const asksCode = ref(false)
  const { busy, failure, fields, run } = useForm()

  async function submit() {
    await run(async () => {
      try { await signIn(email.value.trim(), password.value, code.value.trim()) } catch (cause) {
        if (!(cause instanceof Problem && cause.code === 'totp_required')) throw cause
        asksCode.value = true
        await nextTick()
        document.querySelector<HTMLElement>('[name=totp]')?.focus()
        return
      }
      await done()
    })
  }
  return { email, password, code, asksCode, busy, failure, fields, submit }
}
