// Persons from a table and back, in a real browser.
import { readFileSync } from 'node:fs'
import { expect, runAll, until } from './desk.mjs'

const table = 'Name;E-Mail;Telefon;Kürzel;Sprache\nAna Kovács;ana@nordlicht.example;+36 1 555;x;Ungarisch\nBen Neu;ben@nordlicht.example;030 77;y;de\n;kein Brief;;;\nCleo;cleo@nordlicht.example;;;fr\n'
const chosen = (page, text, name = 'kunden.csv') => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') })

async function aTableIsLookedAtAndTakenIn(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await desk.api(page, 'POST', '/people', { name: 'Ben Alt', identities: [{ channel: 'email', value: 'ben@nordlicht.example' }] })
  await page.goto(desk.url + '/customers')
  await page.getByRole('button', { name: 'Importieren und exportieren' }).click()
  await page.getByRole('menuitem', { name: 'Personen importieren' }).click()
  await chosen(page, table)
  const run = page.getByRole('button', { name: '3 Zeilen übernehmen' })
  await run.waitFor()
  await page.getByText('E-Mail: Das ist kein gültiger Wert (kein Brief)').waitFor()
  expect(await page.getByRole('combobox', { name: 'Kürzel' }).inputValue(), 'ignore')
  await page.getByRole('button', { name: /Ändert sich/ }).click()
  await page.getByText('030 77', { exact: true }).waitFor()
  await page.getByRole('radio', { name: /Überschreiben/ }).check()
  await page.getByRole('combobox', { name: 'Kürzel' }).selectOption('external')
  await page.getByRole('button', { name: 'Neu prüfen' }).click()
  await page.getByRole('button', { name: /Ändert sich/ }).click()
  await page.locator('.looked s', { hasText: 'Ben Alt' }).waitFor()
  await run.click()
  await page.getByText('Fertig: 2 angelegt, 1 geändert.').waitFor()
  const people = (await desk.api(page, 'GET', '/people')).json.items.map(each => each.name)
  expect(people, ['Ana Kovács', 'Ben Neu', 'Cleo'])
  const loading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Abgelehnte Zeilen (CSV)' }).click()
  const file = await loading
  expect(file.suggestedFilename(), 'abgelehnte-zeilen.csv')
  expect(readFileSync(await file.path(), 'utf8').includes('"kein Brief"'), true)
  await page.getByRole('button', { name: 'Import vergessen' }).click()
  await page.waitForURL('**/customers/import')
  expect((await desk.api(page, 'GET', '/people/imports')).json.items, [])
}

async function aFileOfAnotherCharsetIsReadAsItIsMeant(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await page.goto(desk.url + '/customers/import')
  await chosen(page, 'Name;Post\nSz\xf5ke;sz@nordlicht.example\n')
  await page.getByText(/Sagen Sie, in welcher Spalte/).waitFor()
  await page.getByText('Szõke').first().waitFor()
  await page.getByText('Zeichen sehen falsch aus?').click()
  await page.getByLabel('Zeichensatz').selectOption('windows-1250')
  await page.getByText('Szőke').first().waitFor()
  await page.getByRole('combobox', { name: 'Post' }).selectOption('email')
  await page.getByRole('button', { name: 'Neu prüfen' }).click()
  await page.getByRole('button', { name: '1 Zeile übernehmen' }).click()
  await page.getByText('Fertig: 1 angelegt').waitFor()
  expect((await desk.api(page, 'GET', '/people')).json.items[0].name, 'Szőke')
  expect((await desk.api(page, 'GET', '/people/imports')).json.items.length, 1, 'what was read wrongly is forgotten')
}

async function whatTheListShowsGoesOut(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  for (const name of ['Ana', 'Ben']) await desk.api(page, 'POST', '/people', { name, identities: [{ channel: 'email', value: `${name}@nordlicht.example` }] })
  await page.goto(desk.url + '/customers')
  await page.getByLabel('Name, Adresse, Nummer oder Firma').fill('ana')
  await page.getByRole('link', { name: /Ben/ }).waitFor({ state: 'detached' })
  const load = async link => { const loading = page.waitForEvent('download'); await link.click(); const file = await loading; return readFileSync(await file.path(), 'utf8') }
  await page.getByRole('button', { name: 'Importieren und exportieren' }).click()
  const lines = (await load(page.getByRole('menuitem', { name: 'Gefundene als CSV' }))).trim().split('\r\n')
  expect([lines.length, lines[1].startsWith('"Ana"')], [2, true])
  await page.getByRole('link', { name: /Ana/ }).click()
  const card = await load(page.getByRole('link', { name: 'Als vCard sichern' }))
  expect([card.startsWith('BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\r\n'), card.includes('Ben')], [true, false])
  const recorded = async () => (await desk.api(page, 'GET', '/events?kind=person.exported')).json.items.map(each => each.data.format)
  await until('the record of both', async () => JSON.stringify(await recorded()) === '["csv","vcard"]')
  const lea = await desk.colleague('Lea')
  await lea.goto(desk.url + '/customers')
  await lea.getByRole('link', { name: /Ana/ }).click()
  await lea.getByRole('button', { name: 'Bearbeiten' }).waitFor()
  expect([await lea.getByRole('button', { name: 'Importieren und exportieren' }).count(), await lea.getByRole('link', { name: 'Als vCard sichern' }).count()], [0, 0])
}

runAll({ aTableIsLookedAtAndTakenIn, aFileOfAnotherCharsetIsReadAsItIsMeant, whatTheListShowsGoesOut })
