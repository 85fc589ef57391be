import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [{ path: '/search', component: () => import('./SearchPage.vue'), meta: { title: 'nav.search', keys: 'search' } }]
export default routes
