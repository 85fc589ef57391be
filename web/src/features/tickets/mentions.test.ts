import { expect, test } from 'vitest'
import { begun, namesIn, stillNamed, withNamed } from './mentions'

const anna = { kind: 'staff' as const, id: 3, name: 'Anna Berg', outside: 1 }

test('a name begins behind an @ that begins a word', () => {
  expect(begun('Frag mal @an')).toBe('@an')
  expect(begun('@Anna B')).toBe('@Anna B')
  expect(begun('(@')).toBe('@')
  expect(begun('anna@example')).toBe('')
  expect(begun('@Anna Berg bitte')).toBe('')
})

test('who is struck out of the text is not named', () => {
  expect(stillNamed('Bitte @Anna Berg ansehen', [anna])).toEqual([anna])
  expect(stillNamed('Bitte ansehen', [anna])).toEqual([])
  expect(withNamed([anna], { ...anna, outside: 0 })).toEqual([{ ...anna, outside: 0 }])
})

test('names are set apart from the text, the longest first', () => {
  expect(namesIn('An @Anna Berg und @Anna', ['Anna', 'Anna Berg']).filter(each => each.named).map(each => each.text)).toEqual(['@Anna Berg', '@Anna'])
  expect(namesIn('Nichts', [])).toEqual([{ text: 'Nichts', named: false }])
})
