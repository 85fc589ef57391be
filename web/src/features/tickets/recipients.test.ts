import { expect, test } from 'vitest'
import { briefly, namesOf } from './recipients'

const names = namesOf([{ email: 'ana@kunde.example', name: 'Ana Huber' }, { email: 'ohne@kunde.example', name: null }])

test('recipients stand with their names, and many of them with their number', () => {
  expect(briefly('Ana@kunde.example, ohne@kunde.example', names)).toBe('Ana Huber, ohne@kunde.example')
  expect(briefly('a@x.de b@x.de c@x.de', names)).toBe('a@x.de, b@x.de, c@x.de')
  expect(briefly('ana@kunde.example; b@x.de; c@x.de; d@x.de', names)).toBe('Ana Huber, b@x.de +2')
})
