/** Colleagues and teams whom a note names. */
import type { components } from '@/api/schema'

export type Mentionable = components['schemas']['MentionableList']['items'][number]
/** As the draft keeps whom its writer has picked. */
export interface Named { kind: 'staff' | 'team'; id: number; name: string; outside: number }

/** The name that is being typed before the caret, with its @ and at most one blank in it. */
export const begun = (before: string) => /(?:^|[\s(])(@(?:[\p{L}\p{N}][\p{L}\p{N}'.-]*(?: [\p{L}\p{N}'.-]*)?)?)$/u.exec(before)?.[1] ?? ''

/** Those picked whose names still stand in the text. */
export const stillNamed = (text: string, picked: Named[] = []) => picked.filter(each => text.includes(`@${each.name}`))

export function withNamed(picked: Named[] = [], one: Named) {
  return [...picked.filter(each => each.kind !== one.kind || each.id !== one.id), one]
}

/** A text in pieces, those marked that name somebody; the longest name wins. */
export function namesIn(text: string, names: string[]) {
  const known = names.filter(Boolean).sort((one, other) => other.length - one.length).map(each => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (!known.length) return [{ text, named: false }]
  return text.split(new RegExp(`(@(?:${known.join('|')}))`, 'u')).filter(Boolean).map(piece => ({ text: piece, named: piece.startsWith('@') && names.includes(piece.slice(1)) }))
}
