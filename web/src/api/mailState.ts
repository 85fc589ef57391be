/** How mail fares: read by those who keep the mailboxes, kept fresh by what happens. */
import { shallowRef } from 'vue'
import { http } from './http'
import { follow } from './live'
import { may } from './session'
import type { MailState } from './types'

export const mailState = shallowRef<MailState | null>(null)
let timer = 0

export async function loadMailState() {
  if (may('mailboxes.manage')) mailState.value = await http.get<MailState>('/mail-state').catch(() => mailState.value)
}

export function startMailState() {
  loadMailState()
  return follow('staff', event => {
    if (event !== 'resync' && !/^mail(box)?\./.test(event.kind)) return
    clearTimeout(timer)
    timer = window.setTimeout(loadMailState, 250)
  })
}
