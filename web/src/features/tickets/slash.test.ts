import { expect, test } from 'vitest'
import { fillIn, holesIn } from '@/api/replies'
import { slashBefore } from './slash'

test('a slash where a word could begin looks for a reply', () => {
  expect(slashBefore('/')).toEqual({ from: 0, words: '' })
  expect(slashBefore('Guten Tag /erst karte')).toEqual({ from: 10, words: 'erst karte' })
  for (const text of ['und/oder', 'https://x', '/ab/c', 'a / b', '']) expect(slashBefore(text)).toBeNull()
})
test('variables of ours that are left are seen, others are text', () => {
  expect(holesIn('Hallo {{customer.name}}, {{ user.name }} {{ Team.name | x }}').map(each => each.words)).toEqual(['{{customer.name}}', '{{ Team.name | x }}'])
  expect(holesIn('ab {{ticket.number}}')[0]).toMatchObject({ from: 3, to: 20 })
})
test('values stand for names, fallbacks for what is empty, and names that nobody knows are listed', () => {
  expect(fillIn('{{customer.name}} {{ team.name | Team }} {{customer.nmae|x}} {{ticket.subject}}', { 'customer.name': 'Ana' })).toEqual({ filled: 'Ana Team {{customer.nmae|x}} {{ticket.subject}}', unknown: ['{{customer.nmae|x}}'] })
})
