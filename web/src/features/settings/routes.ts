import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [{
  path: '/settings', component: () => import('./SettingsPage.vue'), redirect: '/settings/profile',
  children: [
    { path: 'profile', component: () => import('./ProfilePage.vue') },
    { path: 'security', component: () => import('./SecurityPage.vue') },
    { path: 'notices', component: () => import('./NoticesPage.vue') },
    { path: 'tokens', component: () => import('./TokensPage.vue') },
    { path: 'mailboxes', component: () => import('./MailboxesPage.vue') },
    { path: 'parked', component: () => import('./ParkedPage.vue') },
    { path: 'teams', component: () => import('./TeamsPage.vue') },
    { path: 'fields', component: () => import('./FieldsPage.vue') },
    { path: 'states', component: () => import('./StatesPage.vue') },
    { path: 'forms', component: () => import('./FormsPage.vue') },
    { path: 'tags', component: () => import('./TagsPage.vue') },
    { path: 'spam', component: () => import('./SpamPage.vue') },
    { path: 'people', component: () => import('./PeoplePage.vue') },
    { path: 'roles', component: () => import('./RolesPage.vue') },
    { path: 'audit', component: () => import('./AuditPage.vue') },
    { path: 'replies', component: () => import('./RepliesPage.vue') },
    { path: 'macros', component: () => import('./MacrosPage.vue') },
    { path: 'company', component: () => import('./CompanyPage.vue') },
  ],
}]
export default routes
