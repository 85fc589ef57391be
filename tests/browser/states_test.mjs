// States that the house names, and the ways between them: made in the settings, offered where a ticket can go.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const states = (desk, page) => desk.api(page, 'GET', '/ticket-states').then(answer => answer.json.items)

async function aStateIsNamedAndSet(desk) {
  const page = await atTheInbox(desk)
  await page.goto(desk.url + '/settings/states')
  await page.getByRole('button', { name: 'Status anlegen' }).click()
  const form = page.locator('form.well')
  await form.getByRole('group', { name: 'Name für das Team' }).getByLabel('Deutsch').fill('In der Werkstatt')
  await form.getByRole('group', { name: 'Name für die Kundschaft' }).getByLabel('Deutsch').fill('Wird repariert')
  expect(await form.getByLabel('Schlüssel').inputValue(), 'in_der_werkstatt')
  await form.getByLabel('Art', { exact: true }).selectOption('waiting')
  await form.getByRole('button', { name: 'Speichern' }).click()
  await page.getByText('für die Kundschaft: Wird repariert').waitFor()
  expect((await states(desk, page)).map(each => [each.key, each.category]).at(-1), ['in_der_werkstatt', 'waiting'])
  await ticketOf(desk, page, 'Mühle mahlt nicht')
  await page.goto(desk.url + '/inbox/all')
  await openTicket(page, 'Mühle')
  await page.locator('.conv-bar').getByRole('button', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'In der Werkstatt' }).click()
  await page.getByRole('dialog').locator('button[type=submit]').click()
  await until('it waits in the workshop', async () => (await desk.api(page, 'GET', '/tickets/1')).json.state === 'in_der_werkstatt')
}

async function waysAreRuledAndOffered(desk) {
  const page = await atTheInbox(desk)
  await page.goto(desk.url + '/settings/states')
  await page.locator('.panel .thing').getByRole('button', { name: 'Bearbeiten' }).click()
  const form = page.locator('form.well')
  await form.getByText('Noch keine Wege').waitFor()
  await form.getByRole('button', { name: 'Weg hinzufügen' }).click()
  await form.getByLabel('Nach').selectOption('open')
  await form.getByRole('button', { name: 'Speichern' }).click()
  await until('the way is kept', async () => (await desk.api(page, 'GET', '/teams/1/transitions')).json.items.length === 1)
  await ticketOf(desk, page, 'Mühle mahlt nicht')
  await page.goto(desk.url + '/inbox/all')
  await openTicket(page, 'Mühle')
  const bar = page.locator('.conv-bar')
  await page.waitForLoadState('networkidle')
  await bar.getByRole('button', { name: 'Status' }).click()
  const options = bar.getByRole('option')
  await counts(options, 2)
  expect((await options.allInnerTexts()).map(each => each.trim()), ['Neu', 'Offen'])
  await page.keyboard.press('Escape')
  await page.locator('.thread').press('e')
  await page.getByText('ist dieser Status in diesem Team nicht vorgesehen').waitFor()
}

async function itFits(desk) {
  const page = await atTheInbox(desk)
  await desk.api(page, 'POST', '/fields', { key: 'ursache', type: 'text', labels: { de: 'Ursache' } })
  await desk.api(page, 'POST', '/ticket-states', { key: 'repair', category: 'open', agent: { de: 'In der Werkstatt' } })
  await desk.api(page, 'PUT', '/teams/1/transitions', { items: [{ from: 'open', to: 'repair', permission: 'teams.manage', fields: ['ursache'] }] })
  for (const locale of ['hu', 'en', 'de']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.evaluate(word => localStorage.setItem('locale', word), locale)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(desk.url + '/settings/states')
    await page.locator('.panel .thing button').first().click()
    await page.locator('form.well fieldset').first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${locale} fits`)
    expect(/\b(states|fields|right)\.[a-z]/.test(await page.locator('.settings').innerText()), false, 'words, not keys')
  }
  if (!process.env.LOOKS) return
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('form.well').last().scrollIntoViewIfNeeded()
    await page.screenshot({ path: `${process.env.LOOKS}/states-${theme}-390.png` })
    await page.setViewportSize({ width: 1440, height: 1600 })
    await page.goto(desk.url + '/settings/states')
    await page.locator('.panel .thing button').first().click()
    await page.locator('form.well fieldset').first().waitFor()
    await page.locator('.things').first().locator('.thing').last().getByRole('button', { name: 'Bearbeiten' }).click()
    await page.screenshot({ path: `${process.env.LOOKS}/states-${theme}.png` })
  }
}

runAll({ aStateIsNamedAndSet, waysAreRuledAndOffered, itFits })
