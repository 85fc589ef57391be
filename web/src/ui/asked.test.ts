import { expect, test } from 'vitest'
import { asked } from './asked'

test('words are no filters, and the last one may go on', () => {
  expect(asked('kaffee mühl')).toBe('"kaffee" mühl*')
  expect(asked('state:open -x')).toBe('"stateopen" "-x"')
  expect(asked('ana@example.org')).toBe('"ana@example.org"')
  expect(asked(' " ( ')).toBe('')
})
test('a number is the number of a ticket', () => {
  expect(asked('#48 213')).toBe('number:48213')
  expect(asked('48\u202f213')).toBe('number:48213')
})
