import { ref } from 'vue'
import { http } from '@/api/http'
import type { Upload } from '@/api/types'
import { sayFailure } from '@/ui/words'

export function useUploads() {
  const files = ref<Upload[]>([])
  const uploading = ref(0)
  async function add(list: Iterable<File>) {
    for (const file of list) {
      uploading.value++
      const headers = { 'Content-Type': file.type || 'application/octet-stream', 'X-File-Name': encodeURIComponent(file.name) }
      try { files.value.push(await http.post<Upload>('/uploads', file, { headers })) } catch (cause) { sayFailure(cause) } finally { uploading.value-- }
    }
  }
  function remove(id: number) { files.value = files.value.filter(each => each.id !== id) }
  return { files, uploading, add, remove }
}
