import { afterEach, expect, test } from 'vitest'
import { session } from '@/api/session'
import type { Session } from '@/api/types'
import { i18n } from '@/i18n'
import { brief, bytes, civil, day, full, instant, moment, initials, slip } from './format'

const livesIn = (zone: string) => { session.value = { staff: { zone } } as Session }
afterEach(() => { session.value = null; i18n.global.locale.value = 'en' })

test('times are those of the zone that the account lives in', () => {
  i18n.global.locale.value = 'de'
  const time = '2026-11-29T23:30:00Z', now = new Date('2026-11-30T01:00:00Z')
  livesIn('Europe/Budapest')
  expect([full(time), day(time), brief(time, now), moment(time, now)]).toEqual(['Montag, 30. November 2026 um 00:30', '30.11.2026', '00:30', '00:30'])
  livesIn('America/New_York')
  expect([full(time), day(time), brief(time, now), moment(time, now)]).toEqual(['Sonntag, 29. November 2026 um 18:30', '29.11.2026', '18:30', '18:30'])
  livesIn('Pacific/Auckland')
  expect(brief('2026-12-31T12:00:00Z', now)).toBe('1. Jan. 2027')
  livesIn('UTC')
  expect([brief(time, now), moment(time, now)]).toEqual(['29. Nov.', 'So., 29. Nov., 23:30'])
})
test('a zone that the browser does not know is not used', () => {
  livesIn('Factory/Nowhere')
  expect(day('2026-11-29T12:00:00Z')).toBe('Nov 29, 2026')
})
test('a civil day goes there and back, also where the clock is changed', () => {
  livesIn('Europe/Berlin')
  expect(civil(new Date('2026-11-29T23:30:00Z'))).toBe('2026-11-30')
  expect(instant('2026-03-29', 8).toISOString()).toBe('2026-03-29T06:00:00.000Z')
  expect(instant('2026-10-25', 8).toISOString()).toBe('2026-10-25T07:00:00.000Z')
  livesIn('America/New_York')
  expect(instant('2026-03-08', 8).toISOString()).toBe('2026-03-08T12:00:00.000Z')
  livesIn('Pacific/Apia')
  expect(instant('2026-01-01', 8).toISOString()).toBe('2025-12-31T19:00:00.000Z')
})

test('a bare number is cut into groups of three, one in a format stands as it is', () => {
  expect(slip({ number: 48213 })).toBe('48\u202f213')
  expect(slip({ number: 7, label: '7' })).toBe('7')
  expect(slip({ number: 10042, label: 'T-2026-010042' })).toBe('T-2026-010042')
})
test('initials leave titles and hosts out', () => {
  expect(initials('Dr. Annegret Wiesenhütter-Schönleitner')).toBe('AS')
  expect(initials('ana@example.org')).toBe('A')
})
test('a small file has a size', () => {
  expect([bytes(14), bytes(1), bytes(2_400), bytes(3_400_000)]).toEqual(['14 bytes', '1 byte', '2 kB', '3.4 MB'])
})
