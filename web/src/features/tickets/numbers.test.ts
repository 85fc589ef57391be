import { expect, test } from 'vitest'
import { numberIn } from './numbers'

test('a number is read as it stands on the slip', () => {
  expect(['48\u202f213', ' #48213 ', 'T-2026-010042', '#t10042'].map(numberIn)).toEqual(['48213', '48213', 'T-2026-010042', 't10042'])
})
