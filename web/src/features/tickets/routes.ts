import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/inbox/:view(mine|unassigned|open|waiting|drafts|resolved|snoozed|asleep|watching|mentioned|found|all|spam|team-\\d+|view-\\d+)/:ticket(\\d+)?', component: () => import('./InboxPage.vue') },
  { path: '/tickets/:ticket(\\d+)', redirect: to => `/inbox/all/${to.params.ticket}` },
]
export default routes
