import { describe, expect, it } from 'vitest'
import { clockFace, durationOf, durationTyped } from './duration'

describe('durations', () => {
  it('are read as people type them', () => {
    const typed = { '30': 1800, '1:15': 4500, '1,5 h': 5400, '1.5h': 5400, '2 Std.': 7200, '1 h 5': 3900, '1h 05 min': 3900, '45 min': 2700, '20 perc': 1200, '2 óra': 7200, '24:00': 86400 }
    for (const [text, seconds] of Object.entries(typed)) expect(durationOf(text), text).toBe(seconds)
  })
  it('are not guessed', () => {
    for (const text of ['', '0', 'x', '1:75', '-5', '25:00', '1:2:3', '1441']) expect(durationOf(text), text).toBeNaN()
  })
  it('are shown as they are typed', () => {
    expect([60, 1800, 3600, 4500, 20].map(durationTyped)).toEqual(['1', '30', '1:00', '1:15', '1'])
    for (const seconds of [60, 1800, 3600, 4500]) expect(durationOf(durationTyped(seconds))).toBe(seconds)
  })
  it('run on a clock', () => { expect([5, 65, 3725].map(clockFace)).toEqual(['0:05', '1:05', '1:02:05']) })
})
