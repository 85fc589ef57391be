/** What somebody types to find a ticket, as the server reads it: words and numbers, no filters. The last word may go on. */
const isWord = (word: string) => /^[\p{L}\p{N}]{2,}$/u.test(word)

export function asked(typed: string) {
  const number = /^#?\s*(\d[\d\s\u202f]*)$/.exec(typed.trim())
  if (number) return `number:${number[1].replace(/\D/g, '')}`
  const words = typed.split(/\s+/).map(word => word.replace(/[^\p{L}\p{N}@._+-]/gu, '')).filter(Boolean)
  return words.map((word, index) => index === words.length - 1 && isWord(word) ? `${word}*` : `"${word}"`).join(' ')
}
