/** A slash and what follows it up to the cursor looks for a canned reply, when it stands where a word could begin. */
export interface Slash { from: number; words: string }

export function slashBefore(text: string): Slash | null {
  const found = /(?:^|\s)\/((?:[^\s/][^/\n]{0,60})?)$/.exec(text)
  return found && { from: text.length - found[1].length - 1, words: found[1] }
}
