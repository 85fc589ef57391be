import { expect, test } from 'vitest'

type Tree = { [key: string]: string | Tree }
const files = import.meta.glob<Tree>('../features/*/*.json', { eager: true, import: 'default', query: '?raw' }) as unknown as Record<string, string>

function keysOf(tree: Tree, at = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => typeof value === 'string' ? [[at + key, value]] as [string, string][] : keysOf(value, `${at}${key}.`))
}
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

test.each([...new Set(Object.keys(files).map(path => path.replace(/\w+\.json$/, '')))])('%s says everything in three languages', folder => {
  const [en, ...others] = ['en', 'de', 'hu'].map(locale => new Map(keysOf(JSON.parse(files[`${folder}${locale}.json`]))))
  for (const other of others) {
    expect([...other.keys()]).toEqual([...en.keys()])
    for (const [key, text] of en) {
      expect(other.get(key), key).toBeTruthy()
      expect(holes(other.get(key)!), key).toBe(holes(text))
    }
  }
})
