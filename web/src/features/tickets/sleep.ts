/** Until when something is put off: what is offered, in the zone of the reader's account. */
import { civil, civilTime, instant } from '@/ui/format'

export interface Offer { key: 'hour' | 'tomorrow' | 'monday' | 'week'; at: Date }
const HOUR = 3_600_000, DAY = 24 * HOUR, MORNING = 9

/** The day so many days behind the one of that moment there; noon keeps clear of the hours that clocks are set by. */
const dayAfter = (now: Date, days: number) => civil(new Date(instant(civil(now), 12).getTime() + days * DAY))
const weekday = (day: string) => new Date(`${day}T12:00Z`).getUTCDay()

export function offers(now = new Date()): Offer[] {
  const today = civil(now)
  const untilMonday = (8 - weekday(today)) % 7 || 7
  return [
    { key: 'hour', at: new Date(Math.ceil((now.getTime() + HOUR) / 60_000) * 60_000) },
    { key: 'tomorrow', at: instant(dayAfter(now, 1), MORNING) },
    { key: 'monday', at: instant(dayAfter(now, untilMonday), MORNING) },
    { key: 'week', at: instant(dayAfter(now, 7), MORNING) },
  ]
}

/** For oneself or for everybody: whoever may not change the ticket puts it off for themselves, others as they did last. */
export const sleepsAlone = (changes: boolean) => !changes || localStorage.getItem('snooze') === 'alone'

export const fieldOf = (at: Date) => civilTime(at)
