/** The words of a failure: our own for the code where we have them, else the server's, which speaks the reader's language. */
import { fieldName } from '@/api/fields'
import { Problem } from '@/api/http'
import { i18n } from '@/i18n'
import { showToast } from './toast'

/** What is wrong with fields of the house, each by its name. */
function ofFields({ errors }: Problem) {
  const codes = [...new Set(errors.map(each => each.code))]
  if (!errors.length || !errors.every(each => each.field.startsWith('fields.'))) return ''
  return codes.map(code => {
    const those = errors.filter(each => each.code === code)
    return `${those.map(each => fieldName(each.field.slice('fields.'.length))).join(', ')}: ${fieldWords(code, those[0].message)}`
  }).join(' ')
}

export function wordsOf(cause: unknown): string {
  const { t, te } = i18n.global
  if (!(cause instanceof Problem)) return t('error.internal')
  const key = `error.${cause.code}`
  const named = ofFields(cause)
  if (named) return named
  if (cause.errors.length === 1 && cause.errors[0].message) return fieldWords(cause.errors[0].code, cause.errors[0].message)
  if (te(key)) return t(key, { seconds: cause.retryAfter, detail: cause.detail })
  return cause.title || t('error.internal')
}

export function fieldWords(code: string, message = '') {
  const { t, te } = i18n.global
  return te(`error.${code}`) ? t(`error.${code}`) : message || t('error.invalid')
}

/** The words beside each field that the server refused. */
export function fieldsOf(cause: unknown): Record<string, string> {
  if (!(cause instanceof Problem)) return {}
  return Object.fromEntries(cause.errors.map(each => [each.field, fieldWords(each.code, each.message)]))
}

export function sayFailure(cause: unknown) { showToast({ text: wordsOf(cause), failed: true }) }

/** What was done, with the way back. */
export function sayDone(text: string, undo: () => unknown) { showToast({ text, act: i18n.global.t('keys.undo'), undo }) }
