import type { RouteRecordRaw } from 'vue-router'
import { useSettingsWords } from '@/i18n'

async function page() {
  const [loaded] = await Promise.all([import('./SettingsPage.vue'), useSettingsWords()])
  return loaded
}

const routes: RouteRecordRaw[] = [{
  path: '/settings', component: page, redirect: '/settings/profile',
  children: [
    { path: 'profile', component: () => import('./ProfilePage.vue'), meta: { title: 'profile.title' } },
    { path: 'security', component: () => import('./SecurityPage.vue'), meta: { title: 'security.title' } },
    { path: 'notices', component: () => import('./NoticesPage.vue'), meta: { title: 'notices.title' } },
    { path: 'times', component: () => import('./TimeReportPage.vue'), meta: { title: 'timeReport.title' } },
    { path: 'tokens', component: () => import('./TokensPage.vue'), meta: { title: 'tokens.title' } },
    { path: 'mailboxes', component: () => import('./MailboxesPage.vue'), meta: { title: 'mailboxes.title', right: 'mailboxes.manage' } },
    { path: 'parked', component: () => import('./ParkedPage.vue'), meta: { title: 'parked.title', right: 'mailboxes.manage' } },
    { path: 'teams', component: () => import('./TeamsPage.vue'), meta: { title: 'teams.title', right: 'teams.manage' } },
    { path: 'fields', component: () => import('./FieldsPage.vue'), meta: { title: 'fields.title', right: 'fields.manage' } },
    { path: 'states', component: () => import('./StatesPage.vue'), meta: { title: 'states.title', right: 'states.manage' } },
    { path: 'forms', component: () => import('./FormsPage.vue'), meta: { title: 'forms.title', right: 'forms.manage' } },
    { path: 'activities', component: () => import('./ActivitiesPage.vue'), meta: { title: 'activities.title', right: 'times.manage' } },
    { path: 'tags', component: () => import('./TagsPage.vue'), meta: { title: 'tags.title', right: 'tags.manage' } },
    { path: 'spam', component: () => import('./SpamPage.vue'), meta: { title: 'spam.title', right: 'spam.manage' } },
    { path: 'webhooks', component: () => import('./WebhooksPage.vue'), meta: { title: 'webhooks.title', right: 'integrations.manage' } },
    { path: 'people', component: () => import('./PeoplePage.vue'), meta: { title: 'people.title', right: 'staff.manage' } },
    { path: 'roles', component: () => import('./RolesPage.vue'), meta: { title: 'roles.title', right: 'roles.manage' } },
    { path: 'audit', component: () => import('./AuditPage.vue'), meta: { title: 'audit.title', right: 'audit.read' } },
    { path: 'replies', component: () => import('./RepliesPage.vue'), meta: { title: 'replies.title', right: 'tickets.reply' } },
    { path: 'macros', component: () => import('./MacrosPage.vue'), meta: { title: 'macros.title', right: 'tickets.reply' } },
    { path: 'company', component: () => import('./CompanyPage.vue'), meta: { title: 'company.title', right: 'settings.manage' } },
  ],
}]
export default routes
