// The checklist beside a ticket: written, ticked, moved, taken out and put back.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

async function whatIsToBeDoneIsTickedOff(desk) {
  const page = await atTheInbox(desk)
  const ticket = await ticketOf(desk, page, 'Die Mühle klemmt')
  await openTicket(page, 'Die Mühle klemmt')
  const list = page.locator('.context .checklist > li')
  const part = page.locator('.context .sect', { has: page.getByRole('heading', { name: 'Checkliste' }) })
  const items = async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}/checklist`)).json.items
  await part.getByText('Nichts vorgemerkt').waitFor()
  await part.getByRole('button', { name: 'Punkt hinzufügen' }).click()
  for (const text of ['Seriennummer erfragen', 'Ersatzteil bestellen', 'Zurückrufen']) {
    await part.getByLabel('Was ist zu tun?').fill(text)
    await page.keyboard.press('Enter')
    await list.getByText(text).waitFor()
  }
  await page.getByRole('checkbox', { name: 'Ersatzteil bestellen' }).check()
  await part.getByText('1/3').waitFor()
  await until('the tick', async () => (await items())[1].done_by?.name === 'Jana Petersen')
  await part.getByRole('button', { name: '„Zurückrufen“ bearbeiten' }).click()
  await part.getByRole('button', { name: '„Zurückrufen“ nach oben' }).click()
  await until('the move', async () => (await items())[1].text === 'Zurückrufen')
  await part.locator('.editing input').fill('Heute noch zurückrufen')
  await part.getByRole('button', { name: 'Speichern' }).click()
  await until('the new name', async () => (await items())[1].text === 'Heute noch zurückrufen')
  await part.getByRole('button', { name: '„Heute noch zurückrufen“ bearbeiten' }).click()
  await part.getByRole('button', { name: '„Heute noch zurückrufen“ entfernen' }).click()
  await counts(list, 2, 'items that are left')
  await page.locator('.toast', { hasText: 'Entfernt' }).getByRole('button', { name: 'Rückgängig' }).click()
  await counts(list, 3, 'items, the removed one among them')
  expect((await items()).map(each => each.text), ['Seriennummer erfragen', 'Heute noch zurückrufen', 'Ersatzteil bestellen'])
  const colleague = await desk.colleague('Lea')
  await colleague.goto(`${desk.url}/inbox/all/${ticket.id}`)
  await colleague.getByRole('checkbox', { name: 'Seriennummer erfragen' }).check()
  await part.getByText('2/3').waitFor()
}

runAll({ whatIsToBeDoneIsTickedOff })
