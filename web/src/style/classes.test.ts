import { expect, test } from 'vitest'

const sheets = Object.values(import.meta.glob<string>('./*.css', { eager: true, import: 'default', query: '?raw' })).join('\n').replace(/\/\*[\s\S]*?\*\//g, '')

/** The simple selectors of every rule, each as the classes that one element must have. */
const compounds = [...sheets.matchAll(/([^{};]+)\{/g)].filter(rule => !rule[1].trim().startsWith('@')).flatMap(rule => rule[1].split(','))
  .map(selector => selector.trim().split(/\s*[>+~]\s*|\s+/).map(each => ({ bare: each.startsWith('.'), classes: [...each.replace(/:(not|has)\([^)]*\)/g, '').matchAll(/\.([a-zA-Z][\w-]*)/g)].map(found => found[1]) })))

test('no class is both a part of its own and the state of another', () => {
  const parts = new Set(compounds.map(path => path[0]).filter(each => each.bare && each.classes.length === 1).map(each => each.classes[0]))
  const states = new Set(compounds.flat().flatMap(each => each.classes.slice(1)))
  expect([...parts].filter(each => states.has(each))).toEqual([])
})
