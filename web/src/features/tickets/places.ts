/** Where somebody was in a list: how many rows were there and how far they were scrolled. A reload keeps it. */
export interface Place { top: number; rows: number }

const KEY = 'places', MOST = 40

function all(): Record<string, Place> {
  try { return JSON.parse(sessionStorage.getItem(KEY) ?? '{}') } catch { return {} }
}
export const placeOf = (list: string): Place => all()[list] ?? { top: 0, rows: 0 }

/** The list that was left last stands last; the oldest are forgotten. */
export function keepPlace(list: string, place: Place) {
  const { [list]: _, ...others } = all()
  const kept = Object.entries(others).slice(1 - MOST)
  sessionStorage.setItem(KEY, JSON.stringify({ ...Object.fromEntries(kept), [list]: place }))
}
