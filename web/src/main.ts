import { createApp } from 'vue'
import { onSignedOut } from '@/api/http'
import { session } from '@/api/session'
import { browserLocale, i18n, useLanguage } from '@/i18n'
import App from './App.vue'
import { router } from './router'
import './style/main.css'

onSignedOut(() => {
  if (!session.value?.staff) return
  session.value = { ...session.value, staff: null }
  router.push({ path: '/sign-in', query: { next: router.currentRoute.value.fullPath } })
})

async function start() {
  await useLanguage(browserLocale())
  const app = createApp(App).use(i18n).use(router)
  // Until the server has said who is asking, and the page has come, there is nothing true to show.
  await router.isReady().catch(() => {})
  app.mount('#app')
}
start()
