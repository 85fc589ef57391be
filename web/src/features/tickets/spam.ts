/** Why a ticket is in quarantine, in one line. */
import type { SpamVerdict } from '@/api/types'

type Words = (key: string, values?: Record<string, unknown>) => string

/** What was marked by hand later was nothing to the filter, or was never weighed. */
export function spamWhy(verdict: SpamVerdict | null | undefined, t: Words) {
  if (!verdict?.is_spam) return t('quarantine.byHand')
  return t(`quarantine.${verdict.because}`, { who: verdict.pattern ?? '', score: Math.floor(verdict.score ?? 0) })
}
