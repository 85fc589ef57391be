/** What the bar of the open ticket offers to the palette: what its pickers do, each choice by its name. */
import { AlarmClock, CircleDot, Flag, Tag, UserPlus, Users } from 'lucide-vue-next'
import { tags, teams } from '@/api/directory'
import { me } from '@/api/session'
import type { Priority, Ticket } from '@/api/types'
import type { Command } from '@/ui/commands'
import { moment } from '@/ui/format'
import { offers } from './sleep'

type Say = (key: string, values?: Record<string, unknown>) => string
type Choice<T> = { value: T; text: string }
export interface Bar {
  ticket: Ticket; people: Choice<number | null>[]; states: Choice<string>[]; priorities: Priority[]
  assign: (id: number | null) => void; setState: (key: string) => void; setTeam: (id: number) => void; setPriority: (value: Priority) => void
  setTags: (list: string[]) => void; putOff: (until: string) => void; wake: () => void
  show: Record<'people' | 'priority' | 'tag' | 'snooze', () => void>
}

/** What anybody may do who sees the ticket. */
export function sleepCommands({ ticket, putOff, wake, show }: Bar, t: Say): Command[] {
  const times = offers().map(each => ({ id: `snooze:${each.key}`, text: t('command.snooze', { when: t(`waiting.in_${each.key}`) }), more: moment(each.at.toISOString()), act: () => putOff(each.at.toISOString()), deep: true }))
  return [
    { id: 'snooze', text: t('keys.snooze'), also: t('command.alsoSnooze'), keys: 'snooze' as const, act: show.snooze }, ...times,
    ...ticket.snoozed_until_at ? [{ id: 'wake', text: t('waiting.wake'), act: wake }] : [],
  ].map(each => ({ section: 'ticket', icon: AlarmClock, ...each }))
}

export function barCommands(bar: Bar, t: Say): Command[] {
  const { ticket, people, states, priorities, show } = bar
  const mine = me.value!.id
  const one = (command: Omit<Command, 'section'>): Command => ({ section: 'ticket', ...command })
  return [
    ...ticket.assignee?.id === mine ? [] : [one({ id: 'assignMe', text: t('keys.assignMe'), icon: UserPlus, keys: 'assignMe', act: () => bar.assign(mine) })],
    one({ id: 'assign', text: t('keys.assign'), also: t('command.alsoAssign'), icon: UserPlus, keys: 'assign', act: show.people }),
    ...people.filter(each => each.value !== mine && each.value !== (ticket.assignee?.id ?? null))
      .map(each => one({ id: `assign:${each.value}`, text: each.value ? t('command.assign', { name: each.text }) : t('command.unassign'), also: t('command.alsoAssign'), icon: UserPlus, deep: true, act: () => bar.assign(each.value) })),
    ...teams.value.filter(each => each.id !== ticket.team?.id)
      .map(each => one({ id: `team:${each.id}`, text: t('command.team', { name: each.name }), also: t('command.alsoAssign'), icon: Users, deep: true, act: () => bar.setTeam(each.id) })),
    ...states.filter(each => each.value !== ticket.state)
      .map(each => one({ id: `state:${each.value}`, text: t('command.state', { state: each.text }), icon: CircleDot, deep: true, act: () => bar.setState(each.value) })),
    one({ id: 'priority', text: t('keys.priority'), icon: Flag, keys: 'priority', act: show.priority }),
    ...priorities.filter(each => each !== ticket.priority)
      .map(each => one({ id: `priority:${each}`, text: t('command.priority', { priority: t(`priority.${each}`) }), icon: Flag, deep: true, act: () => bar.setPriority(each) })),
    one({ id: 'tag', text: t('command.tagAny'), also: t('command.alsoTag'), icon: Tag, keys: 'tag', act: show.tag }),
    ...tags.value.filter(each => !ticket.tags.includes(each))
      .map(each => one({ id: `tag:${each}`, text: t('command.tag', { tag: each }), also: t('command.alsoTag'), icon: Tag, deep: true, act: () => bar.setTags([...ticket.tags, each]) })),
    ...ticket.tags.map(each => one({ id: `untag:${each}`, text: t('ticket.untag', { tag: each }), icon: Tag, deep: true, act: () => bar.setTags(ticket.tags.filter(other => other !== each)) })),
  ]
}
