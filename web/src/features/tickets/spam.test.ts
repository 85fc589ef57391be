import { expect, test } from 'vitest'
import type { SpamVerdict } from '@/api/types'
import { spamWhy } from './spam'

const t = (key: string, values: Record<string, unknown> = {}) => `${key} ${Object.values(values).join(' ')}`.trim()
const verdict = (more: Partial<SpamVerdict>) => ({ ticket: 1, is_spam: true, because: 'words', pattern: null, score: 99.97, threshold: 95, ...more } as SpamVerdict)

test('it names the entry, or how sure the filter was, and never more than that', () => {
  expect(spamWhy(verdict({ because: 'sender', pattern: 'markt.example', score: null }), t)).toBe('quarantine.sender markt.example 0')
  expect(spamWhy(verdict({}), t)).toBe('quarantine.words  99')
})

test('what the filter let pass or never saw was marked by hand', () => {
  for (const one of [null, undefined, verdict({ is_spam: false, because: 'few', score: 3 })]) expect(spamWhy(one, t)).toBe('quarantine.byHand')
})
