import { beforeEach, expect, test, vi } from 'vitest'
import { blankForm, keepForm, readForm } from './sides'

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key), get size() { return kept.size } })
})

test('what was typed is kept for each side conversation until it is empty', () => {
  keepForm(1, 0, { ...blankForm(), text: 'New' })
  keepForm(1, 7, { ...blankForm(), text: 'Further', takes: [3] })
  expect([readForm(1, 0)?.text, readForm(1, 7)?.takes, readForm(2, 0)?.text]).toEqual(['New', [3], ''])
  keepForm(1, 7, { ...blankForm(), to: 'till@werk.example' })
  expect(readForm(1, 7)?.text).toBe('')
})
test('what another version kept is filled up', () => {
  localStorage.setItem('side-1-0', '{"text":"Old"}')
  expect(readForm(1, 0)).toEqual({ ...blankForm(), text: 'Old' })
  localStorage.setItem('side-1-0', 'broken')
  expect(readForm(1, 0)).toBe(null)
})
