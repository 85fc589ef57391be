import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [{ path: '/notices', component: () => import('./NoticesPage.vue') }]
export default routes
