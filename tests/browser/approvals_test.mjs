// One asks, another decides: beside the ticket and above the notices.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf } from './desk.mjs'

async function oneAsksAndAnotherDecides(desk) {
  const page = await atTheInbox(desk)
  const lea = await desk.colleague('Lea', 'manager')
  await page.reload()
  const ticket = await ticketOf(desk, page, 'Dritte Reklamation')
  await openTicket(page, 'Dritte Reklamation')
  const part = page.locator('.context .sect', { has: page.getByRole('heading', { name: 'Freigaben' }) })
  for (const text of ['Erstattung von 1.249 €', 'Gutschein über 50 €']) {
    await part.getByRole('button', { name: 'Um Freigabe bitten' }).click()
    await part.getByLabel('Was soll freigegeben werden?').fill(text)
    await part.getByLabel('Wer entscheidet?').selectOption('Lea')
    await part.getByRole('button', { name: 'Bitten', exact: true }).click()
    await part.locator('.approvals').getByText(text).waitFor()
  }
  await page.locator('.toast').last().getByRole('button', { name: 'Rückgängig' }).click()
  await part.locator('li', { hasText: 'Gutschein' }).getByText('Zurückgezogen').waitFor()
  await lea.goto(`${desk.url}/notices`)
  const waiting = lea.locator('.waiting li')
  await counts(waiting, 1, 'approvals that wait')
  await lea.locator('.notice', { hasText: '2 Bitten um Ihre Freigabe, zuletzt von Jana Petersen' }).first().waitFor()
  await waiting.getByText('Erstattung von 1.249 €').click()
  const asked = lea.locator('.approvals li', { hasText: 'Erstattung' })
  await asked.getByRole('button', { name: 'Ablehnen' }).click()
  await asked.getByText('Zum Ablehnen braucht es eine Begründung').waitFor()
  await asked.getByLabel('Begründung').fill('Kulanzrahmen reicht.')
  await asked.getByRole('button', { name: 'Freigeben' }).click()
  await asked.getByText('Freigegeben', { exact: true }).waitFor()
  await part.locator('li', { hasText: 'Erstattung' }).getByText('Kulanzrahmen reicht.').waitFor()
  await page.locator('.conv').getByText('hat freigegeben: Erstattung von 1.249 €').waitFor()
  const made = (await desk.api(page, 'GET', `/tickets/${ticket.id}/approvals`)).json.items
  expect(made.map(each => each.state), ['withdrawn', 'granted'])
  await page.goto(`${desk.url}/notices`)
  await page.locator('.notice', { hasText: 'Lea hat über Ihre Bitte um Freigabe entschieden' }).waitFor()
}

runAll({ oneAsksAndAnotherDecides })
