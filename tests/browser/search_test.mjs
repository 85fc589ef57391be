// Searching: hits with the words marked, the way to the message, and questions that can't be understood.
import { atTheInbox, counts, expect, runAll, ticketOf } from './desk.mjs'

async function searching(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Mühle mahlt nicht', { tags: ['technik'] })
  await ticketOf(desk, page, 'Rechnung doppelt', { priority: 'urgent' })
  await page.keyboard.press('/')
  await page.getByRole('searchbox').waitFor()
  return page
}

async function wordsFindAndAreMarked(desk) {
  const page = await searching(desk)
  await page.getByRole('searchbox').fill('muhle')
  await page.locator('.found', { hasText: 'Mühle mahlt nicht' }).waitFor()
  await counts(page.locator('.found'), 1)
  expect(await page.locator('.found .hit').first().innerText(), 'Mühle')
  await page.locator('.found .snippet').click()
  await page.locator('.msg.sought').waitFor()
  await page.goBack()
  await page.locator('.found', { hasText: 'Mühle' }).waitFor()
  expect(await page.getByRole('searchbox').inputValue(), 'muhle', 'the words after coming back')
}

async function filtersAreSwitches(desk) {
  const page = await searching(desk)
  await page.getByRole('button', { name: 'Dringend' }).click()
  await page.locator('.found', { hasText: 'Rechnung doppelt' }).waitFor()
  await counts(page.locator('.found'), 1)
  expect(await page.getByRole('searchbox').inputValue(), 'priority:urgent')
  await page.getByRole('radio', { name: 'Beste Treffer' }).click()
  await page.waitForURL(/sort=relevance/)
  await page.locator('.found', { hasText: 'Rechnung doppelt' }).waitFor()
}

async function aWrongQuestionIsMendedAtItsPlace(desk) {
  const page = await searching(desk)
  await page.getByRole('searchbox').fill('mühle staet:new')
  await page.getByText('Diesen Filter gibt es nicht.').waitFor()
  expect(await page.locator('.wrong mark').innerText(), 'staet')
  await page.getByRole('button', { name: 'Gemeint ist „state“?' }).click()
  await page.locator('.found', { hasText: 'Mühle' }).waitFor()
  await page.getByRole('searchbox').fill('zustand:schlafend')
  await page.getByText('Diesen Status gibt es nicht.').waitFor()
  expect(await page.locator('.wrong mark').innerText(), 'schlafend')
  await page.locator('.choices').getByRole('button', { name: 'Neu' }).click()
  await page.locator('.found', { hasText: 'Mühle' }).waitFor()
  expect(await page.getByRole('searchbox').inputValue(), 'zustand:new')
  await page.getByRole('searchbox').fill('status:neu priorität:dringend')
  await page.locator('.found', { hasText: 'Rechnung doppelt' }).waitFor()
  await page.getByRole('searchbox').fill('priorität:irgendwas')
  await page.locator('.choices').getByRole('button', { name: 'Dringend' }).waitFor()
  await page.getByRole('searchbox').fill('gibtesnicht')
  await page.getByText('Nichts gefunden').waitFor()
}

runAll({ wordsFindAndAreMarked, filtersAreSwitches, aWrongQuestionIsMendedAtItsPlace })
