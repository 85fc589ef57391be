// Canned replies: managed in the settings, found by a slash while writing, filled in, and never sent with a hole.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const canned = (desk, page, name, texts, more = {}) => desk.api(page, 'POST', '/replies', { name, texts, scope: 'global', ...more }).then(made => { expect(made.status, 201, name); return made.json })
const text = page => page.locator('.composer [contenteditable=true]').innerText()

async function writing(desk, requester = { email: 'ana@kunde.example', name: 'Ana Huber' }) {
  const page = await atTheInbox(desk, 'all')
  await canned(desk, page, 'Begrüßung', { de: '<p>Guten Tag {{customer.first_name|Kundin oder Kunde}},</p><p>zu {{ticket.number}}:</p>' }, { key: 'gt', folder: 'Anfang' })
  await canned(desk, page, 'Erstattung', { de: '<p>Wir erstatten <b>sofort</b>.</p>' })
  await canned(desk, page, 'Firma', { de: '<p>Für {{customer.company}} gilt das.</p>' })
  await ticketOf(desk, page, 'Mühle mahlt nicht', { requester })
  await openTicket(page, 'Mühle mahlt nicht')
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  return page
}

async function aSlashAndLettersPutAReplyIn(desk) {
  const page = await writing(desk)
  await page.keyboard.type('/gt')
  await page.locator('.reply-picker .said', { hasText: 'Guten Tag Ana,' }).waitFor()
  expect(await page.locator('.reply-picker [role=option].on').innerText().then(words => words.split('\n')[0]), 'Begrüßung')
  await page.keyboard.press('Enter')
  await until('the text', async () => (await text(page)).startsWith('Guten Tag Ana,'))
  expect(/zu \d+:/.test(await text(page)), true)
  await page.keyboard.type(' /erstat')
  await page.locator('.reply-picker [role=option]', { hasText: 'Erstattung' }).waitFor()
  await page.keyboard.press('Tab')
  await until('the second', async () => /: Wir erstatten sofort\./.test(await text(page)))
  expect((await desk.api(page, 'GET', '/replies?q=gt')).json.items[0].uses, 1)
}

async function theListGoesWhenItIsNotWanted(desk) {
  const page = await writing(desk)
  await page.keyboard.type('und/oder https://x.example /')
  await counts(page.locator('.reply-picker [role=option]'), 3, 'replies')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Escape')
  await counts(page.locator('.reply-picker'), 0, 'lists')
  await page.keyboard.type('x')
  await counts(page.locator('.reply-picker'), 0, 'lists')
  expect(await text(page), 'und/oder https://x.example /x')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Backspace')
  await page.getByRole('button', { name: 'Textbaustein einfügen' }).click()
  await page.locator('.reply-picker [role=option]', { hasText: 'Firma' }).click()
  await until('the text', async () => /gilt das/.test(await text(page)))
}

async function nothingLeavesWithAHole(desk) {
  const page = await writing(desk)
  await page.keyboard.type('/firma')
  await page.locator('.reply-picker .lacks').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.composer .hole', { hasText: '{{customer.company}}' }).waitFor()
  await page.locator('.composer .strip', { hasText: 'Noch auszufüllen: {{customer.company}}' }).waitFor()
  await page.keyboard.press('Control+Enter')
  await page.keyboard.type('Ihre Firma')
  await counts(page.locator('.composer .hole'), 0, 'holes')
  expect(await text(page), 'Für Ihre Firma gilt das.')
  await page.keyboard.press('Control+Enter')
  await page.locator('.thread', { hasText: 'Für Ihre Firma gilt das.' }).waitFor()
}

async function repliesAreMadeInTheSettings(desk) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/replies`)
  await page.getByRole('button', { name: 'Neuer Textbaustein' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Öffnungszeiten')
  await page.getByLabel('Kürzel').fill('oz')
  await page.getByLabel('Für wen').selectOption('global')
  const german = page.getByRole('textbox', { name: 'Deutsch' })
  await german.click()
  await page.keyboard.type('Liebe {{customer.nmae}}')
  await page.getByText('Diese Variable gibt es nicht: {{customer.nmae}}').waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Wir haben von 9 bis 17 Uhr offen, ')
  await page.getByRole('button', { name: 'Variable einfügen' }).click()
  await page.getByRole('option', { name: 'Mein Vorname' }).click()
  await page.locator('.reads', { hasText: 'offen, Jana' }).waitFor()
  await page.getByRole('button', { name: 'Englisch', exact: true }).click()
  await page.getByRole('textbox', { name: 'Englisch' }).click()
  await page.keyboard.type('We are open from 9 to 5.')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.locator('.thing', { hasText: 'Deutsch, Englisch' }).waitFor()
  await page.getByRole('button', { name: 'Duplizieren' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue(), 'Öffnungszeiten (Kopie)')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await counts(page.locator('.thing'), 2, 'replies')
  await page.locator('.thing', { hasText: 'Kopie' }).getByRole('button', { name: 'Löschen' }).click()
  await counts(page.locator('.thing'), 1, 'replies')
  await page.locator('.toast').getByRole('button', { name: 'Rückgängig' }).click()
  await counts(page.locator('.thing'), 2, 'replies')
  await page.locator('.thing', { hasText: '/oz' }).getByRole('button', { name: 'Bearbeiten' }).click()
  await page.getByLabel('Kürzel').fill('zeit')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.locator('.thing', { hasText: '/zeit' }).waitFor()
}

runAll({ aSlashAndLettersPutAReplyIn, theListGoesWhenItIsNotWanted, nothingLeavesWithAHole, repliesAreMadeInTheSettings })
