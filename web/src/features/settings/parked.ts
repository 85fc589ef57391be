/** Why a letter was set aside, as the key of its words; what the program said of it stands beside them where it says more. */
import type { ParkedMail } from '@/api/types'

export function whyParked(mail: Pick<ParkedMail, 'reason' | 'is_partial' | 'missing_uid'>): { key: string; detail: string } {
  const reason = mail.reason ?? ''
  if (mail.missing_uid) return { key: 'missing', detail: reason }
  if (mail.is_partial) return { key: 'partial', detail: '' }
  if (/^the letter has \d+ bytes/.test(reason)) return { key: 'large', detail: '' }
  if (reason === 'own_address') return { key: 'own_address', detail: '' }
  if (/^reading this letter ended the program/.test(reason)) return { key: 'crash', detail: '' }
  if (/^there is no team/.test(reason)) return { key: 'no_team', detail: '' }
  return { key: 'other', detail: reason }
}
