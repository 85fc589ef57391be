import { expect, test } from 'vitest'
import { linesOf } from './messageText'

test('blank lines part paragraphs, quoted lines stand apart', () => {
  expect(linesOf('Hallo\nWelt\n\n> alt\n> neu\nEnde').map(each => [each.quote, each.pieces[0].text])).toEqual([[false, 'Hallo\nWelt'], [true, 'alt\nneu'], [false, 'Ende']])
})
test('an address becomes a link without the full stop behind it', () => {
  expect(linesOf('Siehe https://a.example/x?y=1. Danke')[0].pieces).toEqual([{ text: 'Siehe ' }, { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' }, { text: '. Danke' }])
})
test('a script is no link', () => {
  expect(linesOf('javascript:alert(1)')[0].pieces).toEqual([{ text: 'javascript:alert(1)' }])
})
