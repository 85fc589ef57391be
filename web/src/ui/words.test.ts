/** No visible word stands outside the locale files: templates hold keys, names of the product and of keys alone. */
import { NodeTypes, parse, type TemplateChildNode } from '@vue/compiler-dom'
import { expect, test } from 'vitest'

const files = import.meta.glob<string>('../**/*.vue', { eager: true, import: 'default', query: '?raw' })
const spoken = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint'])
/** What reads the same in every language. */
const same = /^(Theke|Z|⇧R|\?|ms|team:support from:ana before:2026-11-01)$/

function* wordsOf(node: TemplateChildNode): Generator<string> {
  if (node.type === NodeTypes.TEXT && /\p{L}/u.test(node.content)) yield node.content.replace(/\u00a0/g, ' ').trim()
  if (node.type !== NodeTypes.ELEMENT) return
  for (const prop of node.props) if (prop.type === NodeTypes.ATTRIBUTE && spoken.has(prop.name) && /\p{L}/u.test(prop.value?.content ?? '')) yield prop.value!.content
  for (const child of node.children) yield* wordsOf(child)
}

test.each(Object.keys(files))('%s says nothing by itself', path => {
  const template = /<template>[\s\S]*<\/template>/.exec(files[path])?.[0] ?? ''
  const found = parse(template).children.flatMap(each => [...wordsOf(each)]).filter(words => !same.test(words))
  expect(found).toEqual([])
})
