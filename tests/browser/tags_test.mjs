// Tags of the whole house: renamed, merged, removed and given back in the settings.
import { atTheInbox, counts, expect, runAll, ticketOf, until } from './desk.mjs'

const tagsOf = (desk, page, ...ids) => Promise.all(ids.map(id => desk.api(page, 'GET', `/tickets/${id}`).then(answer => answer.json.tags)))

async function aTagIsRenamedAndGivenBack(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Mühle', { tags: ['vpi'] })
  await page.goto(desk.url + '/settings/tags')
  await page.getByRole('button', { name: 'Schlagwort vpi ändern' }).click()
  const form = page.locator('form.well')
  await form.getByLabel('Neuer Name').fill('VIP')
  await form.getByRole('button', { name: 'Umbenennen' }).click()
  await page.getByText('1 Vorgang geändert').waitFor()
  await page.getByText('„vpi“ heißt jetzt „vip“').waitFor()
  await page.getByText('vpi bedeutet vip').waitFor()
  expect(await tagsOf(desk, page, 1), [['vip']])
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.getByText('rückgängig gemacht', { exact: false }).first().waitFor()
  await until('the tag is back', async () => (await tagsOf(desk, page, 1))[0][0] === 'vpi')
  await counts(page.getByText('vpi bedeutet vip'), 0)
}

async function twoTagsBecomeOneAndOneGoes(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Eins', { tags: ['rechnung'] })
  await ticketOf(desk, page, 'Zwei', { tags: ['rechnungen', 'alt'] })
  await page.goto(desk.url + '/settings/tags')
  await page.getByRole('button', { name: 'Schlagwort rechnungen ändern' }).click()
  const form = page.locator('form.well')
  await form.getByLabel('Neuer Name').fill('Rechnung')
  await form.getByText('„rechnung“ gibt es schon an 1 Vorgang').waitFor()
  await form.getByRole('button', { name: 'Zusammenführen' }).click()
  await until('both are one', async () => JSON.stringify(await tagsOf(desk, page, 1, 2)) === JSON.stringify([['rechnung'], ['rechnung', 'alt']]))
  await page.getByText('2 Vorgänge', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Schlagwort alt ändern' }).click()
  await form.getByRole('button', { name: 'Entfernen' }).click()
  await form.getByText('verschwindet von 1 Vorgang').waitFor()
  await form.getByRole('button', { name: 'Wirklich entfernen' }).click()
  await until('it is gone', async () => JSON.stringify(await tagsOf(desk, page, 2)) === JSON.stringify([['rechnung']]))
}

async function itFitsAndIsSaidInEveryLanguage(desk) {
  const page = await atTheInbox(desk)
  for (const [subject, tags] of [['Eins', ['rechnung', 'vpi']], ['Zwei', ['rechnungen', 'ein-sehr-langes-schlagwort-das-niemand-so-schreiben-würde']]]) await ticketOf(desk, page, subject, { tags })
  await desk.api(page, 'POST', '/tag-changes', { tag: 'vpi', to: 'vip' })
  for (const locale of ['hu', 'en', 'de']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.evaluate(word => localStorage.setItem('locale', word), locale)
    await page.setViewportSize({ width: 390, height: 844 })
    for (const place of ['tags', 'company']) {
      await page.goto(`${desk.url}/settings/${place}`)
      if (place === 'tags') await page.locator('.things .thing button').last().waitFor()
      else await page.locator('.panel .marke').first().waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${place} in ${locale} fits`)
      expect(/\b(tags|numbers)\.[a-z]\w+/.test(await page.locator('.settings').innerText()), false, 'words, not keys')
      if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/${place}-${locale}-390.png`, fullPage: true })
    }
  }
  if (!process.env.LOOKS) return
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width: 1440, height: 1100 })
    await page.goto(desk.url + '/settings/tags')
    await page.locator('.thing button[aria-expanded]').first().click()
    await page.locator('form.well').waitFor()
    await page.screenshot({ path: `${process.env.LOOKS}/tags-${theme}.png` })
    await page.goto(desk.url + '/settings/company')
    await page.locator('.panel .marke').first().waitFor()
    await page.screenshot({ path: `${process.env.LOOKS}/company-${theme}.png` })
  }
}

async function aNumberTakesAFormat(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Vorher')
  await page.goto(desk.url + '/settings/company')
  const panel = page.locator('section.panel')
  await panel.getByText('10042').waitFor()
  await panel.getByLabel('Kürzel').fill('sv')
  await panel.getByLabel('Trennzeichen').selectOption('')
  await panel.getByLabel('Prüfziffer').check()
  await panel.locator('.err').waitFor()
  expect(await panel.getByRole('button', { name: 'Speichern' }).isDisabled(), true)
  await panel.getByLabel('Trennzeichen').selectOption('-')
  await panel.getByText('SV-10042-5').waitFor()
  await panel.getByRole('button', { name: 'Speichern' }).click()
  await until('the format holds', async () => (await desk.api(page, 'GET', '/number-formats')).json.items.length === 1)
  const ticket = await ticketOf(desk, page, 'Nachher')
  expect(ticket.label.startsWith('SV-10002-'), true)
  await page.goto(desk.url + '/inbox/all')
  await page.locator('.row', { hasText: 'Nachher' }).click()
  await page.locator('.conv').getByText(ticket.label).waitFor()
}

runAll({ aTagIsRenamedAndGivenBack, twoTagsBecomeOneAndOneGoes, aNumberTakesAFormat, itFitsAndIsSaidInEveryLanguage })
