/** Forms for requests, one for each topic. */
import { shallowRef } from 'vue'
import { i18n } from '@/i18n'
import { http, type Page } from './http'
import type { Locale, RequestForm } from './types'

export type TopicForm = RequestForm
export const forms = shallowRef<TopicForm[]>([])
export async function loadForms() {
  forms.value = (await http.get<Page<TopicForm>>('/request-forms').catch(() => null))?.items ?? forms.value
}
export const nameOf = (form: TopicForm) => form.names[i18n.global.locale.value as Locale] ?? ''
