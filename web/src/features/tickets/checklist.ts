/** A list as it will be, before the server has said so. */
interface Item { id: number }

export const replaced = <T extends Item>(list: T[], one: T) => list.map(each => each.id === one.id ? one : each)

/** The item stands at that index, counted from 0; the others keep their order. */
export function moved<T extends Item>(list: T[], id: number, index: number) {
  const others = list.filter(each => each.id !== id)
  const one = list.find(each => each.id === id)
  return one ? [...others.slice(0, index), one, ...others.slice(index)] : list
}
