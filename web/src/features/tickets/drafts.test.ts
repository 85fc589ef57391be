import { expect, test } from 'vitest'
import { emptyForm, formsOf, isBlank, newerDraft } from './drafts'

const draft = (saved: number, text: string) => ({ audience: 'internal' as const, content: { saved, internal: { ...emptyForm(), text } } })
test('the newer of two drafts counts', () => {
  expect(newerDraft(draft(2, 'here'), draft(1, 'there'))?.content.internal?.text).toBe('here')
  expect(newerDraft(undefined, draft(1, 'there'))?.content.internal?.text).toBe('there')
})
test('a note does not slip into the reply', () => {
  const forms = formsOf(draft(1, 'only for us'))
  expect([isBlank(forms.public), forms.internal.text]).toEqual([true, 'only for us'])
})
