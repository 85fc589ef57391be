import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [{ path: '/search', component: () => import('./SearchPage.vue') }]
export default routes
