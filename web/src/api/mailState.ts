/** Whether mail comes and goes: known to those who can mend it, on every page. */
import { shallowRef } from 'vue'
import { http } from './http'
import { follow } from './live'
import { may } from './session'
import type { MailState } from './types'

export const mailState = shallowRef<MailState | null>(null)
const PAUSE = 300, AGAIN = 60_000
let timer = 0

export async function loadMailState() {
  mailState.value = may('mailboxes.manage') ? await http.get<MailState>('/mail-state').catch(() => mailState.value) : null
}
const tells = (kind: string) => kind.startsWith('mailbox.') || kind.startsWith('mail.')

/** What goes wrong at a mailbox is told at once; an answer that waits for a mailbox is found by asking now and then. */
export function startMailState() {
  loadMailState()
  const stop = follow('staff', event => { if (event === 'resync' || tells(event.kind)) { clearTimeout(timer); timer = window.setTimeout(loadMailState, PAUSE) } })
  const often = window.setInterval(loadMailState, AGAIN)
  return () => { stop(); clearInterval(often); clearTimeout(timer) }
}
