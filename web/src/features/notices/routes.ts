import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [{ path: '/notices', component: () => import('./NoticesPage.vue'), meta: { title: 'nav.notices', keys: 'notices' } }]
export default routes
