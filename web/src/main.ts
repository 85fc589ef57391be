import { createApp } from 'vue'
import { onSignedOut } from '@/api/http'
import { expired, session } from '@/api/session'
import { browserLocale, i18n, useLanguage } from '@/i18n'
import App from './App.vue'
import { router } from './router'
import './style/main.css'

onSignedOut(() => {
  if (session.value?.staff) expired.value = true
})

async function start() {
  await useLanguage(browserLocale())
  const app = createApp(App).use(i18n).use(router)
  // Until the server has said who is asking, and the page has come, there is nothing true to show.
  await router.isReady().catch(() => {})
  app.mount('#app')
}
start()
