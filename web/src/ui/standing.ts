/** The lists that everybody has, with what stands beside their names. */
import { AlarmClock, Archive, AtSign, CircleDashed, Eye, Hourglass, Inbox, Layers, Moon, OctagonAlert, PenLine, User } from 'lucide-vue-next'

export const standing = [
  { key: 'mine', icon: User }, { key: 'unassigned', icon: CircleDashed }, { key: 'open', icon: Inbox }, { key: 'waiting', icon: Hourglass }, { key: 'snoozed', icon: AlarmClock },
  { key: 'asleep', icon: Moon }, { key: 'watching', icon: Eye }, { key: 'mentioned', icon: AtSign }, { key: 'drafts', icon: PenLine }, { key: 'resolved', icon: Archive },
  { key: 'all', icon: Layers }, { key: 'spam', icon: OctagonAlert },
] as const
