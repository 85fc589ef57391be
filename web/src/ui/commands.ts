/** What can be done here and now, said by whoever does it: the palette lists it and runs the same code as the buttons and keys. */
import { onScopeDispose, shallowReactive, shallowRef, type Component } from 'vue'
import type { RouteLocationRaw } from 'vue-router'
import type { KeyName } from './keyTable'

export type Section = 'ticket' | 'list' | 'views' | 'go'
/** id: the same wherever it is offered, for what was chosen last. also: other words that find it. deep: only for whoever looks for it. */
export interface Command {
  id: string; section: Section; text: string; more?: string; also?: string; icon: Component; keys?: KeyName; deep?: boolean
  to?: RouteLocationRaw; act?: () => unknown
}
/** The open ticket, and what can be put into it by what the server finds. */
export interface Scope { ticket: number; mark: string; putReply?: (reply: number) => unknown; pickMacro?: (macro: number) => unknown }

type Offer = () => Command[]
const offers = shallowReactive<Offer[]>([])
export const scope = shallowRef<Scope | null>(null)
export const paletteOpen = shallowRef(false)

export const commands = () => offers.flatMap(offer => offer())

export function useCommands(offer: Offer) {
  offers.push(offer)
  onScopeDispose(() => offers.splice(offers.indexOf(offer), 1))
}
