import type { RouteRecordRaw } from 'vue-router'

const page = () => import('./CustomersPage.vue')
const routes: RouteRecordRaw[] = [
  { path: '/customers/companies/:company(\\d+)?', component: page, meta: { companies: true } },
  { path: '/customers/:person(\\d+)?', component: page },
]
export default routes
