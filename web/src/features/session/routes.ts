import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/setup', component: () => import('./SetupPage.vue'), meta: { open: true } },
  { path: '/sign-in', component: () => import('./SignInPage.vue'), meta: { open: true } },
  { path: '/forgot', component: () => import('./ForgotPage.vue'), meta: { open: true } },
  { path: '/reset', component: () => import('./ResetPage.vue'), meta: { open: true } },
  { path: '/invitation', component: () => import('./InvitationPage.vue'), meta: { open: true } },
  { path: '/welcome', component: () => import('./WelcomePage.vue'), meta: { title: 'nav.firstSteps', right: 'mailboxes.manage' } },
]
export default routes
