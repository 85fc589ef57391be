/** A plain text as blocks of pieces, for MessageText. */
export interface Piece { text: string; href?: string }
export interface Block { quote: boolean; pieces: Piece[] }

const link = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}])/g

function piecesOf(text: string): Piece[] {
  return text.split(link).filter(Boolean).map(piece => /^https?:\/\//.test(piece) ? { text: piece, href: piece } : { text: piece })
}

/** Blank lines part paragraphs; lines that begin with > are a quotation, shown without the mark of its first level. */
export function linesOf(text: string): Block[] {
  const blocks: { quote: boolean; lines: string[] }[] = []
  let open = false
  for (const line of text.replace(/\r\n?/g, '\n').trim().split('\n')) {
    if (!line.trim()) { open = false; continue }
    const quote = line.startsWith('>')
    const last = blocks.at(-1)
    const words = quote ? line.replace(/^> ?/, '') : line
    if (open && last?.quote === quote) last.lines.push(words)
    else blocks.push({ quote, lines: [words] })
    open = true
  }
  return blocks.map(block => ({ quote: block.quote, pieces: piecesOf(block.lines.join('\n')) }))
}
