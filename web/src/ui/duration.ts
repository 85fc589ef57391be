/** Spans of time as people say and type them. */
import { i18n } from '@/i18n'

export function durationWords(seconds: number) {
  const { t } = i18n.global
  if (seconds < 60) return t('times.seconds', { s: Math.round(seconds) })
  const minutes = Math.round(seconds / 60)
  const h = Math.floor(minutes / 60), m = minutes % 60
  if (!h) return t('times.minutes', { m })
  return m ? t('times.hoursMinutes', { h, m }) : t('times.hours', { h })
}

/** The running clock: 1:02:03, under an hour 2:03. */
export function clockFace(seconds: number) {
  const two = (value: number) => String(value).padStart(2, '0')
  const h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = Math.floor(seconds) % 60
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** As it is typed into the field again: 1:15, under an hour the minutes alone. */
export function durationTyped(seconds: number) {
  const minutes = Math.max(1, Math.round(seconds / 60))
  return minutes < 60 ? String(minutes) : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

const hours = /^(\d+(?:[.,]\d+)?) ?(?:h|std\.?|stunden?|ó|óra|hours?)(?: ?(\d+) ?(?:m|min\.?|minuten?|p|perc|minutes?)?)?$/
const minutes = /^(\d+) ?(?:m|min\.?|minuten?|p|perc|minutes?)?$/
const colon = /^(\d+):([0-5]\d)$/
const DAY = 86_400

/** Seconds; a bare number is minutes. NaN: no duration, or more than a day. */
export function durationOf(typed: string) {
  const text = typed.trim().toLocaleLowerCase()
  let found = colon.exec(text)
  let seconds = NaN
  if (found) seconds = Number(found[1]) * 3600 + Number(found[2]) * 60
  else if ((found = minutes.exec(text))) seconds = Number(found[1]) * 60
  else if ((found = hours.exec(text))) seconds = Math.round(Number(found[1].replace(',', '.')) * 3600) + Number(found[2] ?? 0) * 60
  return seconds > 0 && seconds <= DAY ? seconds : NaN
}
