import { expect, test } from 'vitest'
import { emptyForm, formsOf, isBlank, joined, newerDraft } from './drafts'

const draft = (saved: number, text: string) => ({ audience: 'internal' as const, content: { saved, internal: { ...emptyForm(), text } } })
test('the newer of two drafts counts', () => {
  expect(newerDraft(draft(2, 'here'), draft(1, 'there'))?.content.internal?.text).toBe('here')
  expect(newerDraft(undefined, draft(1, 'there'))?.content.internal?.text).toBe('there')
})
test('a note does not slip into the reply', () => {
  const forms = formsOf(draft(1, 'only for us'))
  expect([isBlank(forms.public), forms.internal.text]).toEqual([true, 'only for us'])
})
test('a draft that comes late loses nothing', () => {
  const form = (text: string, files: number[] = []) => ({ ...emptyForm(), text, html: `<p>${text}</p>`, files: files.map(id => ({ id, name: '', size: 0, media_type: '' })) })
  const [kept, typed] = [form('kept', [1]), form('typed', [1, 2])]
  expect(joined(kept, typed)).toMatchObject({ html: '<p>kept</p><p>typed</p>', text: 'kept\n\ntyped', files: [{ id: 1 }, { id: 2 }] })
  expect(joined(form('', [3]), typed).files.map(each => each.id)).toEqual([1, 2, 3])
  expect(joined(form('ty'), typed).html).toBe('<p>typed</p>')
  expect(joined(kept, emptyForm())).toBe(kept)
  expect(joined(emptyForm(), typed).text).toBe('typed')
})
