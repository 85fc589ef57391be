import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/inbox/:view/:ticket(\\d+)?', component: () => import('./InboxPage.vue') },
  { path: '/tickets/:ticket(\\d+)', redirect: to => `/inbox/all/${to.params.ticket}` },
]
export default routes
