/** The parts of a question, as far as the screen has to know them; the server alone understands the whole. */
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/** A number that was copied from a slip is one word, whatever stands between its groups there. */
export const plain = (query: string) => query.trim().replace(/(?<=\d)[\u202f\u2009](?=\d)/g, '')

/** The words that a hit may show, without filters, operators and what is excluded. */
export function wordsIn(query: string) {
  const bare = query.replace(/(^|\s)-(\S*"[^"]*"|\S+)/g, ' ').replace(/\p{L}+:("[^"]*"|\S+)/gu, ' ').replace(/\b(AND|OR|NOT|UND|ODER|NICHT|ÉS|VAGY|NEM)\b/g, ' ')
  return (bare.match(/[\p{L}\p{N}]{2,}/gu) ?? []).map(fold)
}

/** The server also finds a word by its stem: one that is as long as what was asked for, save its ending. */
const ENDING = 3, STEM = 4
const meets = (piece: string, word: string) => piece.startsWith(word) || piece.length >= STEM && word.length - piece.length <= ENDING && word.startsWith(piece)

/** A text in pieces, those marked that meet a word of the question. */
export function marked(text: string, words: string[]) {
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).filter(Boolean).map(piece => ({ text: piece, hit: words.some(word => meets(fold(piece), word)) }))
}

/** A text in pieces, those marked that the server names; places count characters. */
export function pieces(text: string, marks: { from: number; size: number }[]) {
  const letters = [...text]
  const cut = (from: number, to: number, hit: boolean) => ({ text: letters.slice(from, to).join(''), hit })
  const ends = [0, ...marks.map(mark => mark.from + mark.size)]
  return [...marks.flatMap((mark, index) => [cut(ends[index]!, mark.from, false), cut(mark.from, ends[index + 1]!, true)]), cut(ends.at(-1)!, letters.length, false)]
    .filter(piece => piece.text)
}

/** The question in three pieces around what is wrong; positions count characters from 1. */
export function around(query: string, position: number, length: number) {
  const letters = [...query], from = Math.max(0, position - 1), to = from + Math.max(1, length)
  return [letters.slice(0, from), letters.slice(from, to), letters.slice(to)].map(piece => piece.join(''))
}

const parts = (query: string) => query.split(/\s+/).filter(Boolean)
export const hasTerm = (query: string, term: string) => parts(query).includes(term)

/** Puts a filter behind the question, or takes it out. */
export function toggleTerm(query: string, term: string) {
  const rest = parts(query).filter(each => each !== term)
  return (rest.length === parts(query).length ? [...rest, term] : rest).join(' ')
}

/** What may stand where a question is wrong: the names of filters, or the values of the one before it. */
export const filters = ['state', 'team', 'from', 'to', 'subject', 'tag', 'assignee', 'priority', 'channel', 'company', 'has', 'is', 'number', 'before', 'after', 'on']
const values: [RegExp, string[]][] = [
  [/(has|hat|van):"?$/i, ['attachment', 'note']],
  [/(is|ist):"?$/i, ['active', 'unassigned', 'assigned', 'merged', 'spam']],
  [/prio\p{L}*:"?$/iu, ['urgent', 'high', 'normal', 'low']],
]
export function choicesFor(code: string, before: string, house: { states: string[]; teams: string[] }) {
  if (code === 'unknown_filter') return filters
  if (code === 'unknown_state') return house.states
  if (code === 'unknown_team') return house.teams
  return code === 'bad_value' ? values.find(([name]) => name.test(before))?.[1] ?? [] : []
}
