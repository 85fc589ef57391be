import { expect, test } from 'vitest'
import { offers } from './sleep'

const at = (now: string) => Object.fromEntries(offers(new Date(now)).map(each => [each.key, each.at.toISOString()]))
const hours = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 3_600_000

test('an hour is an hour, and next Monday is never today', () => {
  const now = '2026-11-30T10:00:00.000Z'
  expect(at(now).hour).toBe('2026-11-30T11:00:00.000Z')
  expect(Math.round(hours(at(now).tomorrow, at(now).monday) / 24)).toBe(6)
  expect(at(now).monday).toBe(at(now).week)
})

test('mornings stay mornings when the clocks are set', () => {
  const now = '2026-10-23T10:00:00.000Z'
  for (const key of ['tomorrow', 'monday', 'week']) expect(new Date(at(now)[key]).getHours()).toBe(9)
})
