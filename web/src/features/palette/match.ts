/** Does what was typed mean this row? Letters are compared without their marks, words from their beginning. The order of
 *  the answers is always the same for the same letters: whoever has learned it may type blindly. */
const ALONE: Record<string, string> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe' }
/** ranks: how well a row fits, the smaller the better. */
const START = 0, WORD = 1, INSIDE = 2, OTHER = 3, LETTERS = 4
/** Fewer letters are found inside of nearly every word; nobody abbreviates by more. */
const LONG = 3, ABBREVIATION = 12

export type Mark = [from: number, to: number]
export interface Hit { rank: number; marks: Mark[] }
interface Folded { text: string; from: number[]; to: number[] }

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[ßøłđæœ]/g, letter => ALONE[letter])

/** The folded text, and where each of its letters stood. */
const known = new Map<string, Folded>()
const KEEP = 4000
function folded(text: string): Folded {
  const kept = known.get(text)
  if (kept) return kept
  const made: Folded = { text: '', from: [], to: [] }
  let at = 0
  for (const letter of text.normalize('NFC')) {
    for (const each of fold(letter)) { made.text += each; made.from.push(at); made.to.push(at + letter.length) }
    at += letter.length
  }
  if (known.size > KEEP) known.clear()
  known.set(text, made)
  return made
}

const isLetter = (letter: string | undefined) => !!letter && /[\p{L}\p{N}]/u.test(letter)
const begins = (text: string, at: number) => isLetter(text[at]) ? !isLetter(text[at - 1]) : true

/** The best place of a word in the text: at its very beginning, at that of a word, or inside of one. */
function place(text: string, word: string): { at: number; rank: number } | null {
  let inside = -1
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (begins(text, at)) return { at, rank: at ? WORD : START }
    if (inside < 0) inside = at
  }
  return inside >= 0 && word.length >= LONG ? { at: inside, rank: INSIDE } : null
}

/** Letters that begin words one after the other, some of each: 'prho' is 'Priorität: Hoch'. dead: what was tried in vain. */
function letters(text: string, typed: string, from = 0, dead = new Set<string>()): number[] | null {
  const state = `${from} ${typed.length}`
  if (!typed) return []
  if (dead.has(state)) return null
  dead.add(state)
  for (let at = from; at < text.length; at++) {
    if (!isLetter(text[at]) || !begins(text, at) || text[at] !== typed[0]) continue
    let size = 0
    while (size < typed.length && text[at + size] === typed[size] && isLetter(text[at + size])) size++
    for (; size > 0; size--) {
      const rest = letters(text, typed.slice(size), at + size, dead)
      if (rest) return [...Array.from({ length: size }, (_, index) => at + index), ...rest]
    }
  }
  return null
}

/** Marks that touch are one. */
function joined(places: Mark[]): Mark[] {
  const all: Mark[] = []
  for (const [from, to] of [...places].sort((one, other) => one[0] - other[0])) {
    const last = all.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else all.push([from, to])
  }
  return all
}

function byWords(text: Folded, words: string[], also: string): Hit | null {
  let rank = START
  const places: Mark[] = []
  for (const word of words) {
    const found = place(text.text, word)
    if (found) places.push([text.from[found.at], text.to[found.at + word.length - 1]])
    const other = found ? found.rank : (place(also, word)?.rank ?? INSIDE) < INSIDE ? OTHER : null
    if (other === null) return null
    rank = Math.max(rank, other)
  }
  return { rank, marks: joined(places) }
}

/** German letters as they are typed where there are no keys for them. */
const plainly = (words: string[]) => words.map(word => word.replace(/([aou])e/g, '$1'))

/** Null: it does not fit. also: words that stand for it without being seen. */
export function match(typed: string, text: string, also = ''): Hit | null {
  const words = fold(typed).split(/[^\p{L}\p{N}@._+#-]+/u).filter(Boolean)
  if (!words.length) return null
  const row = folded(text), more = fold(also)
  const found = byWords(row, words, more) ?? byWords(row, plainly(words), more)
  if (found) return found
  const typedLetters = words.join('')
  if (typedLetters.length < 2 || typedLetters.length > ABBREVIATION) return null
  const spots = letters(row.text, typedLetters)
  return spots ? { rank: LETTERS, marks: joined(spots.map(at => [row.from[at], row.to[at]])) } : null
}

/** A text in pieces, those with marks by themselves. */
export function piecesOf(text: string, marks: Mark[]) {
  const whole = text.normalize('NFC'), pieces: { text: string; hit: boolean }[] = []
  let done = 0
  for (const [from, to] of marks) {
    if (from > done) pieces.push({ text: whole.slice(done, from), hit: false })
    pieces.push({ text: whole.slice(from, to), hit: true })
    done = to
  }
  if (done < whole.length) pieces.push({ text: whole.slice(done), hit: false })
  return pieces
}
