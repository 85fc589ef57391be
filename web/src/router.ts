import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadSession, session } from '@/api/session'

const found = import.meta.glob<{ default: RouteRecordRaw[] }>('./features/*/routes.ts', { eager: true })
const routes = Object.values(found).flatMap(each => each.default)
const open = routes.filter(route => route.meta?.open)
const closed = routes.filter(route => !route.meta?.open)

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...open,
    { path: '/', component: () => import('./features/shell/AppFrame.vue'), children: closed, redirect: '/inbox/unassigned' },
    { path: '/:rest(.*)*', redirect: '/inbox/unassigned' },
  ],
})

router.beforeEach(async to => {
  if (!session.value) await loadSession().catch(() => {})
  if (!session.value) return
  if (session.value.setup_needed && to.path !== '/setup') return '/setup'
  if (!session.value.staff && !to.meta.open) return { path: '/sign-in', query: { next: to.fullPath } }
})
