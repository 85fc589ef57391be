import { expect, test } from 'vitest'
import { reasonOf, reasonsOf } from './threading'

test('a reason is a code, or a code with its detail', () => {
  expect(reasonOf('participant')).toEqual({ code: 'participant', detail: '' })
  expect(reasonOf('automatic: Auto-Submitted: auto-replied')).toEqual({ code: 'automatic', detail: 'Auto-Submitted: auto-replied' })
  expect(reasonOf('number: #48213')).toEqual({ code: 'number', detail: '#48213' })
})

test('a letter that a person moved gives no reasons', () => {
  expect(reasonsOf({ decision: 'moved', reasons: ['moved by a person'] })).toEqual([])
  expect(reasonsOf({ decision: 'new', reasons: ['no_reference'] })).toHaveLength(1)
})
