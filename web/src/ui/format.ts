/** Numbers, times and names in the reader's language. */
import { i18n } from '@/i18n'

const locale = () => i18n.global.locale.value as string
const made = new Map<string, Intl.DateTimeFormat>()

function formatter(kind: string, options: Intl.DateTimeFormatOptions) {
  const key = locale() + kind
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale(), options))
  return made.get(key)!
}

export const full = (time: string) => formatter('full', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(time))
export const day = (time: string) => formatter('day', { dateStyle: 'medium' }).format(new Date(time))

/** A day as a date field takes it, in the reader's own zone. */
export const dayInput = (at: Date) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`

/** The time of day today, else the day. */
export function brief(time: string | null | undefined, now = new Date()) {
  if (!time) return ''
  const at = new Date(time)
  if (at.toDateString() === now.toDateString()) return formatter('hour', { timeStyle: 'short' }).format(at)
  const year = at.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return formatter(`brief${year}`, { day: 'numeric', month: 'short', year }).format(at)
}

export function moment(time: string, now = new Date()) {
  const at = new Date(time)
  const hour = formatter('hour', { timeStyle: 'short' }).format(at)
  if (at.toDateString() === now.toDateString()) return hour
  return formatter('moment', { weekday: 'short', day: 'numeric', month: 'short', year: at.getFullYear() === now.getFullYear() ? undefined : 'numeric', hour: 'numeric', minute: '2-digit' }).format(at)
}

export const count = (value: number) => new Intl.NumberFormat(locale()).format(value)

/** A ticket number in groups of three with narrow gaps: 48 213. */
export const slip = (number: number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

export function bytes(size: number) {
  const step = size < 1e6 ? { by: 1e3, unit: 'kilobyte' } : { by: 1e6, unit: 'megabyte' }
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: step.unit, maximumFractionDigits: size < 1e6 ? 0 : 1 }).format(Math.max(size / step.by, size ? 1 / step.by : 0))
}

/** The one or two letters of an avatar. */
export function initials(name: string) {
  const words = name.replace(/\b(dr|prof|mag|ing)\.?\s/gi, '').replace(/@.*/, '').split(/[\s._-]+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0] ?? '?']
  return letters.map(word => [...word][0].toLocaleUpperCase()).join('')
}

export function hue(name: string) {
  let sum = 0
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)!) % 360
  return sum
}
