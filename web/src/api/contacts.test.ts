import { expect, test } from 'vitest'
import { channelOf, shownAt } from './contacts'

test('what was typed tells its channel', () => {
  expect(['ana@example.org', '+49 30 1234-5', '0301234', '@ana', 'shop 47'].map(channelOf)).toEqual(['email', 'phone', 'phone', 'handle', 'handle'])
})

test('what the server points to has a page', () => {
  expect(shownAt('/api/v1/people/7')).toBe('/customers/7')
  expect(shownAt('/api/v1/companies/3')).toBe('/customers/companies/3')
})
