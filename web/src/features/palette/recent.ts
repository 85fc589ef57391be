/** What somebody chose last, on this device: the names of commands and places, never what they show. */
import { ref } from 'vue'
import { me } from '@/api/session'

const MOST = 12
const place = () => `palette:${me.value?.id ?? 0}`

function read(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(place()) ?? '[]')
    return Array.isArray(kept) ? kept.filter(each => typeof each === 'string').slice(0, MOST) : []
  } catch { return [] }
}

export function useRecent() {
  const recent = ref(read())
  function remember(id: string) {
    recent.value = [id, ...recent.value.filter(each => each !== id)].slice(0, MOST)
    try { localStorage.setItem(place(), JSON.stringify(recent.value)) } catch { /* A browser that keeps nothing offers nothing again. */ }
  }
  return { recent, remember }
}
