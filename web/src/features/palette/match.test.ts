import { expect, test } from 'vitest'
import { match, piecesOf } from './match'

const shown = (typed: string, text: string, also?: string) => {
  const hit = match(typed, text, also)
  return hit && piecesOf(text, hit.marks).map(piece => piece.hit ? `[${piece.text}]` : piece.text).join('')
}
const best = (typed: string, rows: string[]) => rows.map(text => ({ text, hit: match(typed, text) })).filter(each => each.hit).sort((one, other) => one.hit!.rank - other.hit!.rank).map(each => each.text)

test('words are found from their beginning, whatever marks they carry', () => {
  expect(shown('zus', 'Vorgang zusammenführen')).toBe('Vorgang [zus]ammenführen')
  expect(shown('losen', 'Lösen')).toBe('[Lösen]')
  expect(shown('loesen', 'Lösen')).toBe('[Lösen]')
  expect(shown('GROSS', 'Größe: groß')).toBe('[Größ]e: groß')
  expect(shown('kovacs', 'Kovács Ágnes')).toBe('[Kovács] Ágnes')
  expect(shown('ugy uj', 'Új ügy')).toBe('[Új] [ügy]')
  expect(shown('ő', 'Elsőbbség')).toBe(null)
})
test('a decomposed letter is marked whole', () => {
  expect(shown('los', 'Lo\u0308sen')).toBe('[Lös]en')
})
test('inside a word some letters more are needed', () => {
  expect(shown('erst', 'Fahrtkostenerstattung')).toBe('Fahrtkosten[erst]attung')
  expect(shown('rs', 'Fahrtkostenerstattung')).toBe(null)
})
test('all words must fit, in any order', () => {
  expect(shown('hoch prio', 'Priorität: Hoch')).toBe('[Prio]rität: [Hoch]')
  expect(shown('prio rot', 'Priorität: Hoch')).toBe(null)
})
test('letters may begin the words one after the other', () => {
  expect(shown('prho', 'Priorität: Hoch')).toBe('[Pr]iorität: [Ho]ch')
  expect(shown('am', 'Assign to me')).toBe('[A]ssign to [m]e')
  expect(shown('ax', 'Assign to me')).toBe(null)
})
test('other words stand for it without being marked', () => {
  expect(shown('erledigt', 'Lösen', 'Erledigt schließen')).toBe('Lösen')
  expect(shown('rled', 'Lösen', 'Erledigt')).toBe(null)
})
test('the better fit comes first, and equals keep their order', () => {
  expect(best('not', ['Interne Notiz', 'Anote', 'Notiz', 'Merknotiz', 'Notiz B'])).toEqual(['Notiz', 'Notiz B', 'Interne Notiz', 'Anote', 'Merknotiz'])
})
test('nothing typed fits nothing, and long input ends', () => {
  expect(match('  ', 'Lösen')).toBe(null)
  expect(match('a'.repeat(2000), 'a '.repeat(300))).toBe(null)
})
