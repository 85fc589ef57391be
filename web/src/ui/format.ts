/** Numbers, times and names in the reader's language, in the zone of the reader's account. */
import { me } from '@/api/session'
import { i18n } from '@/i18n'

const locale = () => i18n.global.locale.value as string
const made = new Map<string, Intl.DateTimeFormat>()

/** The browser's own zone has to do when it does not know the account's. */
function make(language: string, options: Intl.DateTimeFormatOptions) {
  try { return new Intl.DateTimeFormat(language, { ...options, timeZone: me.value?.zone }) } catch { return new Intl.DateTimeFormat(language, options) }
}

function formatter(kind: string, options: Intl.DateTimeFormatOptions, language = locale()) {
  const key = `${language} ${me.value?.zone} ${kind}`
  if (!made.has(key)) made.set(key, make(language, options))
  return made.get(key)!
}

type Civil = Record<'year' | 'month' | 'day' | 'hour' | 'minute', string>
function clock(at: Date) {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return Object.fromEntries(formatter('clock', options, 'en').formatToParts(at).map(each => [each.type, each.value])) as Civil
}

export const full = (time: string) => formatter('full', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(time))
export const day = (time: string) => formatter('day', { dateStyle: 'medium' }).format(new Date(time))

/** The day of that moment as a date field takes it: 2026-11-30. */
export function civil(at: Date) {
  const { year, month, day } = clock(at)
  return `${year.padStart(4, '0')}-${month}-${day}`
}

const zulu = (at: Date) => { const { hour, minute } = clock(at); return Date.parse(`${civil(at)}T${hour}:${minute}Z`) }

/** The moment as a field of day and time takes it: 2026-11-30T09:00. */
export function civilTime(at: Date) {
  const { hour, minute } = clock(at)
  return `${civil(at)}T${hour}:${minute}`
}

/** The moment at which a day of a date field has that hour. */
export const instant = (day: string, hour: number) => instantOf(`${day}T${String(hour).padStart(2, '0')}:00`)

/** The moment that a field of day and time says. The distance from UTC is looked up where it holds. */
export function instantOf(time: string) {
  const wanted = Date.parse(`${time}Z`)
  const near = new Date(wanted - (zulu(new Date(wanted)) - wanted))
  return new Date(near.getTime() - (zulu(near) - wanted))
}

const year = (at: Date) => civil(at).slice(0, -6)
const yearBeside = (at: Date, now: Date) => year(at) === year(now) ? undefined : 'numeric'

/** The time of day today, else the day. */
export function brief(time: string | null | undefined, now = new Date()) {
  if (!time) return ''
  const at = new Date(time)
  if (civil(at) === civil(now)) return formatter('hour', { timeStyle: 'short' }).format(at)
  const year = yearBeside(at, now)
  return formatter(`brief ${year}`, { day: 'numeric', month: 'short', year }).format(at)
}

export function moment(time: string, now = new Date()) {
  const at = new Date(time)
  const hour = formatter('hour', { timeStyle: 'short' }).format(at)
  if (civil(at) === civil(now)) return hour
  const year = yearBeside(at, now)
  return formatter(`moment ${year}`, { weekday: 'short', day: 'numeric', month: 'short', year, hour: 'numeric', minute: '2-digit' }).format(at)
}

export const count = (value: number) => new Intl.NumberFormat(locale()).format(value)

/** The number of a ticket: in the format of the house, or bare in groups of three with narrow gaps: 48 213. */
export const slip = ({ number, label }: { number: number; label?: string }) => label && label !== String(number) ? label : String(number).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

export function bytes(size: number) {
  const step = size < 1e3 ? { by: 1, unit: 'byte' } : size < 1e6 ? { by: 1e3, unit: 'kilobyte' } : { by: 1e6, unit: 'megabyte' }
  return new Intl.NumberFormat(locale(), { style: 'unit', unit: step.unit, unitDisplay: size < 1e3 ? 'long' : 'short', maximumFractionDigits: size < 1e6 ? 0 : 1 }).format(size / step.by)
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
