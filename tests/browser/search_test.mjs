// Searching: hits with the words marked, the way to the message, and questions that can't be understood.
import { atTheInbox, counts, expect, runAll, ticketOf, until } from './desk.mjs'

const SHOTS = process.env.SHOTS

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

// A note with these files: their ids in the order given.
async function attach(page, ticket, files) {
  return page.evaluate(async ([id, files]) => {
    const headers = { 'Content-Type': 'application/octet-stream', 'X-Theke-Request': '1' }
    const ids = []
    for (const [name, body] of files) ids.push((await (await fetch('/api/v1/uploads', { method: 'POST', body, headers: { ...headers, 'X-File-Name': encodeURIComponent(name) } })).json()).id)
    const body = JSON.stringify({ audience: 'internal', text: 'Die Unterlagen vom Kunden.', attachments: ids })
    return (await (await fetch(`/api/v1/tickets/${id}/messages`, { method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/json' } })).json()).id
  }, [ticket, files])
}

async function whatStandsInAFileIsFoundWithItsName(desk) {
  const page = await searching(desk)
  const ticket = await ticketOf(desk, page, 'Vertrag fehlt')
  const message = await attach(page, ticket.id, [['Wartungsvertrag-Nordlicht-2026.txt', 'Die Wartung der Siebträgermaschine erfolgt zweimal im Jahr.'], ['Rechnung.pdf', '%PDF-1.4 kaputt']])
  const files = async () => (await desk.api(page, 'GET', `/messages/${message}`)).json.attachments
  await until('the reading of the files', async () => (await files()).every(file => file.text_state !== 'waiting'), 30)
  await page.getByRole('searchbox').fill('siebträgermaschine')
  await page.locator('.found .in-file', { hasText: 'Im Anhang Wartungsvertrag-Nordlicht-2026.txt' }).waitFor()
  expect(await page.locator('.found .snippet .hit').innerText(), 'Siebträgermaschine')
  await shoot(page, 'found')
  await page.locator('.found .snippet').click()
  await page.locator('.msg.sought .file', { hasText: 'Rechnung.pdf' }).getByText('nicht durchsuchbar: beschädigt').waitFor()
  await counts(page.locator('.file', { hasText: 'nicht durchsuchbar' }), 1)
  await shoot(page, 'file')
}

async function shoot(page, name) {
  if (!SHOTS) return
  for (const [width, colorScheme] of [[1440, 'light'], [1440, 'dark'], [390, 'light'], [390, 'dark']]) {
    await page.setViewportSize({ width, height: 860 })
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png` })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
}

runAll({ whatStandsInAFileIsFoundWithItsName, wordsFindAndAreMarked, filtersAreSwitches, aWrongQuestionIsMendedAtItsPlace })
