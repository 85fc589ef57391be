import { expect, test } from 'vitest'
import { partsOf } from './address'

test('an address may break before its @ and its dots', () => {
  expect(partsOf('anna.maria@post.example')).toEqual(['anna', '.maria', '@post', '.example'])
  expect(partsOf('+49 30 1234')).toEqual(['+49 30 1234'])
})
