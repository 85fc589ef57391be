import { expect, test } from 'vitest'
import { around, choicesFor, marked, pieces, plain, toggleTerm, wordsIn } from './query'

test('only what is looked for is marked', () => {
  expect(wordsIn('Rechnung -Mahnung state:open from:"Ana B" OR ű')).toEqual(['rechnung'])
  expect(marked('Die Rechnungen fehlen', ['rechnung']).filter(each => each.hit)).toEqual([{ text: 'Rechnungen', hit: true }])
})
test('letters with marks are found without them', () => {
  expect(marked('Kovács', ['kovacs'])).toEqual([{ text: 'Kovács', hit: true }])
})
test('the places that the server names are marked, counted in characters', () => {
  expect(pieces('📎 Rechnung vom März', [{ from: 2, size: 8 }, { from: 15, size: 4 }]))
    .toEqual([{ text: '📎 ', hit: false }, { text: 'Rechnung', hit: true }, { text: ' vom ', hit: false }, { text: 'März', hit: true }])
  expect(pieces('Hallo', [])).toEqual([{ text: 'Hallo', hit: false }])
})
test('what is wrong stands between its neighbours', () => {
  expect(around('ö staet:open', 3, 5)).toEqual(['ö ', 'staet', ':open'])
})
test('a filter is put in and taken out', () => {
  expect(toggleTerm('rechnung', 'state:open')).toBe('rechnung state:open')
  expect(toggleTerm('rechnung state:open', 'state:open')).toBe('rechnung')
})
test('a number from a slip is one word', () => {
  expect(plain(' 19\u202f984 ')).toBe('19984')
  expect(plain('19 984 Euro')).toBe('19 984 Euro')
})
test('a word is marked in another form of it', () => {
  expect(marked('Die Rechnung fehlt', ['rechnungen']).filter(each => each.hit)).toEqual([{ text: 'Rechnung', hit: true }])
  expect(marked('Der Tag', ['tagebuch']).some(each => each.hit)).toBe(false)
})
test('where a question is wrong, the words that may stand there are offered', () => {
  const house = { states: ['open', 'waiting'], teams: ['support'] }
  expect(choicesFor('unknown_filter', '', house)).toContain('assignee')
  expect(choicesFor('unknown_state', 'zustand:', house)).toEqual(['open', 'waiting'])
  expect(choicesFor('unknown_team', 'a (b OR team:', house)).toEqual(['support'])
  expect(choicesFor('bad_value', 'rechnung Priorität:', house)).toEqual(['urgent', 'high', 'normal', 'low'])
  expect(choicesFor('bad_date', 'before:', house)).toEqual([])
})
