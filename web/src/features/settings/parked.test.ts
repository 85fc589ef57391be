import { expect, test } from 'vitest'
import { whyParked } from './parked'

const mail = (reason: string | null, more = {}) => ({ reason, is_partial: false, missing_uid: null, ...more })
test('what the program notes down has words of its own', () => {
  expect(whyParked(mail('own_address'))).toEqual({ key: 'own_address', detail: '' })
  expect(whyParked(mail('the letter has 9 bytes, more than 8')).key).toBe('large')
  expect(whyParked(mail('the letter has 9 bytes, more than 8; only its headers were fetched', { is_partial: true })).key).toBe('partial')
  expect(whyParked(mail('reading this letter ended the program 3 times')).key).toBe('crash')
  expect(whyParked(mail('timeout', { missing_uid: 7 }))).toEqual({ key: 'missing', detail: 'timeout' })
})
test('what it does not know is shown as it was said', () => {
  expect(whyParked(mail('the header never ends'))).toEqual({ key: 'other', detail: 'the header never ends' })
  expect(whyParked(mail(null))).toEqual({ key: 'other', detail: '' })
})
