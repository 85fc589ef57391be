/** Who gets a letter, short enough for one line: names where we know them, the first few and how many more. */
import type { Address } from '@/api/types'

const MOST = 2

export function namesOf(...lists: Address[][]) {
  return new Map(lists.flat().filter(each => each.name).map(each => [each.email.toLowerCase(), each.name!]))
}

export function briefly(list: string, names: Map<string, string>, most = MOST) {
  const all = list.split(/[,;\s]+/).filter(Boolean).map(each => names.get(each.toLowerCase()) ?? each)
  return all.length > most + 1 ? `${all.slice(0, most).join(', ')} +${all.length - most}` : all.join(', ')
}
