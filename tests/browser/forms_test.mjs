// Forms for requests: made in the settings, used for a new ticket.
import { atTheInbox, counts, expect, runAll, until } from './desk.mjs'

async function aFormIsMadeAndUsed(desk) {
  const page = await atTheInbox(desk)
  const define = (key, type) => desk.api(page, 'POST', '/fields', { key, type, labels: { de: key[0].toUpperCase() + key.slice(1) } })
  await define('bestellung', 'text')
  await define('betrag', 'number')
  await page.goto(desk.url + '/settings/forms')
  await page.getByRole('button', { name: 'Formular anlegen' }).click()
  const form = page.locator('form.well')
  await form.getByRole('group', { name: 'Name des Anliegens' }).getByLabel('Deutsch').fill('Lieferung')
  await form.getByRole('button', { name: '+ Bestellung' }).click()
  await form.getByLabel('Pflichtangabe').check()
  await form.getByRole('group', { name: 'Erste Antwort' }).getByLabel('Deutsch').fill('Danke, wir sehen nach.')
  if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/forms-edit.png`, fullPage: true })
  await form.getByRole('button', { name: 'Speichern' }).click()
  await page.getByText('1 Angabe').waitFor()
  const made = (await desk.api(page, 'GET', '/request-forms')).json.items[0]
  expect([made.key, made.fields, made.answers.de], ['lieferung', [{ field: 1, required: true, public: false }], 'Danke, wir sehen nach.'])
  await page.goto(desk.url + '/inbox/all')
  await page.getByRole('button', { name: 'Neuer Vorgang' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Anliegen nach Formular').selectOption('Lieferung')
  await dialog.getByLabel('E-Mail').fill('hanna@example.org')
  await dialog.getByLabel('Betreff').fill('Wo bleibt es?')
  await dialog.getByLabel('Anliegen', { exact: true }).fill('Es kommt nicht.')
  await dialog.getByLabel('Bestellung').fill('4711')
  await dialog.getByLabel('Bestellung').press('Tab')
  await counts(dialog.getByLabel('Betrag'), 0, 'fields that the form does not ask for')
  expect(await dialog.getByLabel('Erste Antwort des Formulars senden').isChecked(), true)
  if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/forms-new.png` })
  await dialog.getByRole('button', { name: 'Vorgang anlegen' }).click()
  await counts(dialog, 0)
  await until('the answer is written', async () => (await desk.api(page, 'GET', '/tickets/1/messages')).json.items.length === 2)
  expect((await desk.api(page, 'GET', '/tickets/1')).json.fields, { bestellung: '4711' })
}

async function itFitsAndIsSaidInEveryLanguage(desk) {
  const page = await atTheInbox(desk)
  await desk.api(page, 'POST', '/fields', { key: 'bestellung', type: 'text', labels: { de: 'Bestellung' } })
  await desk.api(page, 'POST', '/request-forms', { key: 'lieferung', names: { de: 'Lieferung und Versand' }, team: 1, fields: [{ field: 1, required: true }], answers: { de: 'Danke.' } })
  for (const locale of ['hu', 'en', 'de']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.evaluate(word => localStorage.setItem('locale', word), locale)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(desk.url + '/settings/forms')
    await page.locator('.thing button').last().click()
    await page.locator('form.well').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${locale} fits`)
    expect(/\bforms\.[a-z]\w+/.test(await page.locator('.settings').innerText()), false, 'words, not keys')
    if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/forms-${locale}-390.png`, fullPage: true })
  }
  if (!process.env.LOOKS) return
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width: 1440, height: 1100 })
    await page.goto(desk.url + '/settings/forms')
    await page.locator('.thing button').last().click()
    await page.locator('form.well').waitFor()
    await page.screenshot({ path: `${process.env.LOOKS}/forms-${theme}.png` })
  }
}

runAll({ aFormIsMadeAndUsed, itFitsAndIsSaidInEveryLanguage })
