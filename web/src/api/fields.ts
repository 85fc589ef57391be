/** The fields that the house has defined: their names, and what fits into them, as the server sees it. */
import { shallowRef } from 'vue'
import { i18n } from '@/i18n'
import { http, type Page } from './http'
import type { Field, Locale } from './types'

export type Value = string | number | boolean | string[] | null

export const fields = shallowRef<Field[]>([])
export async function loadFields() {
  fields.value = (await http.get<Page<Field>>('/fields').catch(() => null))?.items ?? fields.value
}

export const labelOf = (labels: Field['labels'] | undefined) => labels?.[i18n.global.locale.value as Locale] ?? ''
export const fieldOf = (key: string) => fields.value.find(each => each.key === key)
export const fieldName = (key: string) => labelOf(fieldOf(key)?.labels) || key
export const choiceName = (field: Field, key: string) => labelOf(field.choices.find(each => each.key === key)?.labels) || key

const letter = /\p{L}/u
const fits = (sign: string, mask: string, escaped: boolean) => escaped ? sign === mask : mask === '9' ? /[0-9]/.test(sign) : mask === 'A' ? letter.test(sign) : mask === '?' || mask === sign

/** Only the last star is tried again: what stands before it fits already. */
export function maskFits(mask: string, value: string): boolean {
  const signs = [...value], wanted = [...mask]
  let at = 0, read = 0, star = -1, tried = 0
  while (read < signs.length) {
    const escaped = wanted[at] === '\\' && at + 1 < wanted.length
    if (wanted[at] === '*') { star = ++at; tried = read } else if (at < wanted.length && fits(signs[read], wanted[at + (escaped ? 1 : 0)], escaped)) { at += escaped ? 2 : 1; read++ } else if (star >= 0) { at = star; read = ++tried } else return false
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}

const numberOf = (words: string) => /^-?\d+(?:[.,]\d*)?$|^-?[.,]\d+$/.test(words.trim()) ? Number(words.trim().replace(',', '.')) : NaN
const limit = (words: string | null) => words === null ? null : numberOf(words)

function beyond(field: Field, size: number, low: string, high: string) {
  const minimum = limit(field.minimum), maximum = limit(field.maximum)
  return minimum !== null && size < minimum ? low : maximum !== null && size > maximum ? high : ''
}

/** The code of what is wrong with a value, as the server would say it; '' when it fits. */
export function problemOf(field: Field, value: Value): string {
  if (value === null) return ''
  switch (field.type) {
    case 'number': return Number.isNaN(value) ? 'no_number' : beyond(field, value as number, 'too_small', 'too_large')
    case 'date': return field.minimum && value < field.minimum ? 'too_early' : field.maximum && value > field.maximum ? 'too_late' : ''
    case 'multi_choice': return beyond(field, (value as string[]).length, 'too_few', 'too_many')
    case 'boolean': case 'choice': return ''
    case 'url': return /^https?:\/\/\S+$/i.test(value as string) ? '' : 'no_url'
    default: return beyond(field, [...value as string].length, 'too_short', 'too_long') || (field.mask && !maskFits(field.mask, value as string) ? 'mask' : '')
  }
}

/** What somebody has typed or picked, as the server keeps it. */
export function valueOf(field: Field, typed: string): Value {
  const words = typed.trim()
  if (!words) return null
  return field.type === 'number' ? numberOf(words) : field.type === 'boolean' ? words === 'true' : words
}

const decimal = () => new Intl.NumberFormat(i18n.global.locale.value as string, { maximumFractionDigits: 15, useGrouping: false })
/** A value as it stands in a form. */
export const typedOf = (field: Field, value: Value | undefined) => value === null || value === undefined ? '' : field.type === 'number' ? decimal().format(value as number) : String(value)

const calendar = () => new Intl.DateTimeFormat(i18n.global.locale.value as string, { dateStyle: 'medium', timeZone: 'UTC' })
/** A value in words. */
export function saidOf(key: string, value: unknown): string {
  const field = fieldOf(key)
  if (value === null || value === undefined || !field) return value ? String(value) : ''
  switch (field.type) {
    case 'boolean': return i18n.global.t(value ? 'history.yes' : 'history.no')
    case 'date': return calendar().format(new Date(`${value}T00:00Z`))
    case 'choice': return choiceName(field, String(value))
    case 'multi_choice': return (value as string[]).map(each => choiceName(field, each)).join(', ')
    case 'number': return new Intl.NumberFormat(i18n.global.locale.value as string, { maximumFractionDigits: 15 }).format(value as number)
    default: return String(value)
  }
}
