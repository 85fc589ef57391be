/** Who is signed in. Shared by every feature. */
import { computed, ref, shallowRef } from 'vue'
import { http } from './http'
import type { Me, Session } from './types'

export const session = shallowRef<Session | null>(null)
export const me = computed(() => session.value?.staff ?? null)
export const may = (permission: string) => permission in (me.value?.permissions ?? {})

/** The session has ended while somebody was at work: they sign in again over the screen as it stands. */
export const expired = ref(false)

export async function loadSession() { session.value = await http.get<Session>('/session') }

export async function signIn(email: string, password: string, totp?: string) {
  await http.post('/session', { email, password, ...(totp ? { totp } : {}) })
  await loadSession()
}

export async function signOut(everywhere = false) {
  await http.delete(everywhere ? '/sessions' : '/session')
  session.value = session.value && { ...session.value, staff: null }
}

export async function changeMe(wish: Partial<Me>) {
  await http.patch('/me', wish)
  await loadSession()
}
