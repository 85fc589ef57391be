/** Who is signed in. Shared by every feature. */
import { computed, ref, shallowRef } from 'vue'
import { actFor, http } from './http'
import type { Me, Session } from './types'

export const session = shallowRef<Session | null>(null)
export const me = computed(() => session.value?.staff ?? null)
export const may = (permission: string) => permission in (me.value?.permissions ?? {})
/** The same for one ticket, by its team and its agent. What a confidential team hides is never shown, so that it need not be asked for here. */
export function mayIn(permission: string, ticket: { team?: { id?: number } | null; assignee?: { id?: number } | null }) {
  const scope = me.value?.permissions[permission], own = !!ticket.assignee?.id && ticket.assignee.id === me.value?.id
  return scope === 'all' || scope === 'own' && own || scope === 'team' && (own || !!me.value?.teams.includes(ticket.team?.id ?? 0))
}

/** The session has ended while somebody was at work: they sign in again over the screen as it stands. */
export const expired = ref(false)

actFor(() => me.value?.id ?? 0)

/** Whoever has just signed in here: the window is theirs. */
export async function enterSession() { session.value = await http.get<Session>('/session') }

/** Whoever has signed out or in elsewhere in this browser did not do it here: the window waits for its own account. */
export async function loadSession() {
  const fresh = await http.get<Session>('/session')
  if (me.value && fresh.staff?.id !== me.value.id) expired.value = true
  else session.value = fresh
}

/** The window is for nobody: what comes next is for whoever signs in. */
export function leaveSession() {
  expired.value = false
  session.value = session.value && { ...session.value, staff: null }
}

export async function signIn(email: string, password: string, totp?: string) {
  await http.post('/session', { email, password, ...(totp ? { totp } : {}) })
  await enterSession()
}

export async function signOut(everywhere = false) {
  await http.delete(everywhere ? '/sessions' : '/session')
  leaveSession()
}

export async function changeMe(wish: Partial<Me>) {
  await http.patch('/me', wish)
  await loadSession()
}
