import { expect, test } from 'vitest'
import { initials, slip } from './format'

test('a number is cut into groups of three', () => { expect(slip(48213)).toBe('48\u202f213'); expect(slip(7)).toBe('7') })
test('initials leave titles and hosts out', () => {
  expect(initials('Dr. Annegret Wiesenhütter-Schönleitner')).toBe('AS')
  expect(initials('ana@example.org')).toBe('A')
})
