import { expect, test } from 'vitest'
import { deviceOf } from './device'

test('a browser is named by what it is, not by what it pretends to be', () => {
  expect(deviceOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0')).toEqual({ browser: 'Edge', system: 'Windows', phone: false })
  expect(deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1')).toEqual({ browser: 'Safari', system: 'iOS', phone: true })
  expect(deviceOf(null)).toEqual({ browser: '', system: '', phone: false })
})
