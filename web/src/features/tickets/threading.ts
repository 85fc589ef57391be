/** Why a letter is where it is: words of ours for the server's codes, with the detail that came with one. */
import type { Threading } from '@/api/types'

export interface Reason { code: string; detail: string }

/** A reason is "code" or "code: detail". */
export function reasonOf(line: string): Reason {
  const at = line.indexOf(': ')
  return at < 0 ? { code: line, detail: '' } : { code: line.slice(0, at), detail: line.slice(at + 2) }
}

/** What a person moved has no reasons of its own: the decision says it. */
export function reasonsOf(threading: Threading): Reason[] {
  return threading.decision === 'moved' ? [] : threading.reasons.map(reasonOf).filter(each => each.code)
}
