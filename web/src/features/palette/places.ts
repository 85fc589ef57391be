/** Where the palette leads to: the lists of the inbox, pages and settings, as far as the rights go. */
import { Building2, Filter, LogOut, Moon, Settings, SquarePen, SquareArrowOutUpRight, Sun, SunMoon, Undo2, Users } from 'lucide-vue-next'
import type { Router } from 'vue-router'
import { changeMe, may, me, signOut } from '@/api/session'
import { teamsInSight, views } from '@/api/views'
import type { Command } from '@/ui/commands'
import { standing } from '@/ui/standing'
import { toast, undoToast } from '@/ui/toast'
import { sayFailure } from '@/ui/words'

type Say = (key: string, values?: Record<string, unknown>) => string

export function viewCommands(t: Say): Command[] {
  const keys = { mine: 'mine', unassigned: 'inbox', drafts: 'drafts' } as const
  return [
    ...standing.map(({ key, icon }) => ({ id: `view:${key}`, text: t(`views.${key}`), icon, to: `/inbox/${key}`, keys: (keys as Partial<Record<string, 'mine' | 'inbox' | 'drafts'>>)[key] })),
    ...teamsInSight.value.map(each => ({ id: `view:team-${each.id}`, text: t('palette.team', { name: each.name }), icon: Users, to: `/inbox/team-${each.id}` })),
    ...views.value.map(each => ({ id: `view:view-${each.id}`, text: each.name, icon: Filter, to: `/inbox/view-${each.id}` })),
  ].map(each => ({ section: 'views', deep: true, ...each }))
}

/** Every page with a title that its reader may open. */
function pages(router: Router, t: Say): Command[] {
  return router.getRoutes().filter(({ meta }) => meta.title && (!meta.right || may(meta.right))).map(({ path, meta }) => {
    const to = path.replace(/\/:.*$/, ''), setting = to.startsWith('/settings/')
    const text = setting ? t('palette.setting', { name: t(meta.title!) }) : t(meta.title!)
    return { id: `page:${to}`, section: 'go', text, icon: setting ? Settings : to.endsWith('companies') ? Building2 : SquareArrowOutUpRight, to, keys: meta.keys, deep: setting || to.endsWith('companies') }
  })
}

export function goCommands(router: Router, offered: Command[], t: Say): Command[] {
  const looks = [{ key: 'light', icon: Sun }, { key: 'dark', icon: Moon }, { key: 'system', icon: SunMoon }] as const
  const leave = () => signOut().then(() => router.push('/sign-in')).catch(sayFailure)
  const { path, query } = router.currentRoute.value, inbox = path.startsWith('/inbox')
  const compose = () => router.push({ path: inbox ? path : '/inbox/unassigned', query: { ...inbox ? query : {}, compose: '' } })
  return [
    ...may('tickets.create') ? [{ id: 'compose', text: t('ticket.compose'), also: t('palette.alsoCompose'), icon: SquarePen, keys: 'compose' as const, act: compose }] : [],
    ...toast.value?.undo ? [{ id: 'undo', text: t('keys.undo'), more: toast.value.text, icon: Undo2, keys: 'undo' as const, act: undoToast }] : [],
    ...pages(router, t), ...offered.filter(each => each.section === 'go'),
    ...looks.filter(each => each.key !== me.value?.theme).map(({ key, icon }) => ({ id: `theme:${key}`, text: t('palette.theme', { name: t(`profile.theme_${key}`) }), icon, deep: true, act: () => changeMe({ theme: key }).catch(sayFailure) })),
    { id: 'signOut', text: t('nav.signOut'), icon: LogOut, deep: true, act: leave },
  ].map(each => ({ section: 'go', ...each }))
}
