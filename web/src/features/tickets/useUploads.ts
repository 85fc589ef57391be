import { ref } from 'vue'
import { http } from '@/api/http'
import type { Upload } from '@/api/types'
import { sayFailure } from '@/ui/words'

/** Files go up one by one, into the list they were dropped on even when another one shows meanwhile. */
export function useUploads() {
  const uploading = ref(0)
  async function add(list: Iterable<File>, into: Upload[]) {
    for (const file of [...list]) {
      uploading.value++
      const headers = { 'Content-Type': file.type || 'application/octet-stream', 'X-File-Name': encodeURIComponent(file.name) }
      try { into.push(await http.post<Upload>('/uploads', file, { headers })) } catch (cause) { sayFailure(cause) } finally { uploading.value-- }
    }
  }
  return { uploading, add }
}
