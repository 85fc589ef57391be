import { expect, test } from 'vitest'
import { maskFits, problemOf, valueOf } from './fields'
import type { Field } from './types'

const field = (type: Field['type'], more: Partial<Field> = {}) => ({ id: 1, key: 'a', type, labels: { de: 'A' }, minimum: null, maximum: null, mask: null, choices: [], ...more }) as unknown as Field

test('a mask fits what has its shape, as on the server', () => {
  for (const [mask, value] of [['AA-999', 'RE-123'], ['A9', 'ß7'], ['?*', '€'], ['', ''], ['*-*9', 'a-b-c-7'], ['\\9\\*', '9*'], ['**9', 'xx1'], ['a*b*c', 'a--b-bc'], ['9\\', '1\\']]) expect(maskFits(mask, value), mask).toBe(true)
  for (const [mask, value] of [['AA-999', 'RE-12'], ['AA-999', 'RE-1234'], ['A', '7'], ['\\A', 'B'], ['', 'x'], ['?', ''], ['*a*b', 'a'.repeat(40) + 'c']]) expect(maskFits(mask, value), mask).toBe(false)
})
test('a value is checked by its type before it is sent', () => {
  const number = field('number', { minimum: '0', maximum: '99,5' })
  expect(['12,5', '-1', '100', 'x', ''].map(typed => problemOf(number, valueOf(number, typed)))).toEqual(['', 'too_small', 'too_large', 'no_number', ''])
  const text = field('text', { minimum: '2', maximum: '3', mask: 'A*' })
  expect(['ab', 'a', 'abcd', '12'].map(typed => problemOf(text, valueOf(text, typed)))).toEqual(['', 'too_short', 'too_long', 'mask'])
  expect(problemOf(field('date', { minimum: '2026-01-01' }), '2025-12-31')).toBe('too_early')
  expect(problemOf(field('multi_choice', { maximum: '1' }), ['a', 'b'])).toBe('too_many')
  expect([problemOf(field('url'), 'javascript:alert(1)'), problemOf(field('url'), 'https://a.b')]).toEqual(['no_url', ''])
  expect(valueOf(field('boolean'), 'false')).toBe(false)
})
