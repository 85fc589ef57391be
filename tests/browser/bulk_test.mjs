// Many tickets at once: checked by mouse and key, shown before, followed while it runs, and taken back.
import { atTheInbox, counts, expect, runAll, ticketOf, until } from './desk.mjs'

async function some(desk, page, count) {
  const made = []
  for (let i = 0; i < count; i++) made.push(await ticketOf(desk, page, `Lieferung ${i} fehlt`))
  await page.locator('.row', { hasText: `Lieferung ${count - 1} fehlt` }).waitFor()
  return made
}
const row = (page, i) => page.locator('.row', { hasText: `Lieferung ${i} fehlt` })
const check = (page, i, options) => row(page, i).locator('.pick-row').click(options)

async function checkedTicketsAreChangedAndGivenBack(desk) {
  const page = await atTheInbox(desk, 'open')
  const made = await some(desk, page, 5)
  await check(page, 3)
  await check(page, 1, { modifiers: ['Shift'] })
  const bar = page.getByRole('toolbar', { name: 'Auswahl' })
  await bar.getByText('3 ausgewählt').waitFor()
  await page.locator('.row[aria-checked="true"]').nth(2).waitFor()
  await bar.getByRole('button', { name: 'Ändern' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Aktion').selectOption('priority')
  await dialog.getByLabel('Priorität setzen').selectOption('urgent')
  await dialog.getByText('3 Vorgänge werden geändert.').waitFor()
  await dialog.locator('.would').getByText('Dringend').first().waitFor()
  await dialog.getByRole('button', { name: '3 Vorgänge ändern' }).click()
  await dialog.locator('.tally', { hasText: '3 geändert' }).waitFor()
  const seen = async () => Promise.all(made.map(async each => (await desk.api(page, 'GET', `/tickets/${each.id}`)).json.priority))
  expect(await seen(), ['normal', 'urgent', 'urgent', 'urgent', 'normal'])
  await dialog.getByRole('button', { name: 'Rückgängig' }).click()
  await dialog.locator('.tally', { hasText: '3 zurückgenommen' }).waitFor()
  expect(await seen(), Array(5).fill('normal'))
  await dialog.getByRole('button', { name: 'Schließen' }).last().click()
  await counts(page.locator('.row[aria-checked="true"]'), 0, 'checked rows')
}

async function allOfAViewAreMeantAndWhatFailsIsTold(desk) {
  const page = await atTheInbox(desk, 'open')
  const made = await some(desk, page, 3)
  await row(page, 0).click()
  await page.keyboard.press('x')
  await page.getByRole('toolbar').getByRole('button', { name: 'Alle' }).click()
  await page.getByText('Alle dieser Ansicht').waitFor()
  await page.getByRole('toolbar').getByRole('button', { name: 'Ändern' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Aktion').selectOption('state')
  await dialog.getByLabel('Status setzen').selectOption('resolved')
  await dialog.getByRole('button', { name: /Vorgänge ändern/ }).click()
  await dialog.getByText(/geändert/).waitFor()
  await dialog.getByRole('button', { name: 'Schließen' }).last().click()
  await until('all being solved', async () => (await desk.api(page, 'GET', '/tickets?state=working')).json.items.length === 0)
  expect((await desk.api(page, 'GET', `/tickets/${made[2].id}`)).json.state, 'resolved')
}

async function whatRunsOnIsHeardOf(desk) {
  const page = await atTheInbox(desk, 'open')
  await some(desk, page, 3)
  for (const i of [0, 1, 2]) await check(page, i)
  await page.keyboard.press('Escape')
  await counts(page.locator('.row[aria-checked="true"]'), 0, 'checked rows')
  await check(page, 0)
  await check(page, 2)
  await page.getByRole('toolbar').getByRole('button', { name: 'Ändern' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '2 Vorgänge ändern' }).click()
  await dialog.locator('.tally', { hasText: '2 geändert' }).waitFor()
  await page.keyboard.press('Escape')
  await page.reload()
  const last = (await desk.api(page, 'GET', '/bulk')).json.items[0]
  expect([last.state, last.done], ['done', 2])
}

await runAll({ checkedTicketsAreChangedAndGivenBack, allOfAViewAreMeantAndWhatFailsIsTold, whatRunsOnIsHeardOf })
