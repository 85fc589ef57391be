/** What concerns whoever is signed in: how much of it is unread, and the latest, kept fresh by what the server says. */
import { shallowRef, watch } from 'vue'
import { http, type Page } from './http'
import { noticed } from './live'
import type { components } from './schema'

export type Notice = components['schemas']['Notice']
export type NoticePage = components['schemas']['NoticePage']

export const unread = shallowRef(0)
let timer = 0

export async function loadNotices() {
  const page = await http.get<NoticePage>('/notices', { unread: true }).catch(() => null)
  if (!page) return
  unread.value = page.unread
}

export function startNotices() {
  loadNotices()
  return watch(noticed, () => { clearTimeout(timer); timer = window.setTimeout(loadNotices, 150) })
}

export const noticePage = (cursor: string | null) => http.get<Page<Notice>>('/notices', { limit: 50, cursor })
