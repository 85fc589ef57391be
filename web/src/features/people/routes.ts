import type { RouteRecordRaw } from 'vue-router'

const page = () => import('./CustomersPage.vue')
const routes: RouteRecordRaw[] = [
  { path: '/customers/import/:import(\\d+)?', component: () => import('./ImportPage.vue'), meta: { title: 'transfer.title', right: 'people.import' } },
  { path: '/customers/companies/:company(\\d+)?', component: page, meta: { companies: true, title: 'customers.companies', right: 'people.read' } },
  { path: '/customers/:person(\\d+)?', component: page, meta: { title: 'nav.customers', keys: 'customers', right: 'people.read' } },
]
export default routes
