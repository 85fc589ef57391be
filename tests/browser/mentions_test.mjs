// Naming colleagues in notes, letting them into one ticket, and watching it.
import { atTheInbox, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

// Lea works here, but not in the team whose ticket it is.
async function aForeignTicket(desk) {
  const page = await atTheInbox(desk, 'open')
  const lea = await desk.colleague('Lea')
  await desk.api(page, 'POST', '/teams', { name: 'Personal', members: [1] })
  const ticket = await ticketOf(desk, page, 'Vertrag von Ana', { team: 'personal' })
  await openTicket(page, 'Vertrag von Ana')
  return { page, lea, ticket }
}

async function names(page, words, who) {
  await page.keyboard.press('n')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type(words)
  await page.getByRole('option', { name: who }).waitFor()
  await page.keyboard.press('Enter')
}

async function aMentionSaysWhatItGrantsAndGrantsIt(desk) {
  const { page, lea, ticket } = await aForeignTicket(desk)
  expect(await lea.locator('.row').count(), 0, 'rows before')
  await names(page, 'Weißt du mehr, @le', 'Lea')
  await page.getByRole('status').filter({ hasText: 'Lea kann diesen Vorgang nicht sehen' }).waitFor()
  await page.keyboard.type('?')
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg.note .named', { hasText: '@Lea' }).waitFor()
  await page.locator('.context').getByText('Zugang durch Jana Petersen').waitFor()
  await page.locator('.happened').getByText('hat Lea Zugang zu diesem Vorgang gegeben').waitFor()
  await lea.goto(`${desk.url}/inbox/mentioned`)
  await openTicket(lea, 'Vertrag von Ana')
  await lea.getByText('Zugang durch eine Erwähnung').waitFor()
  expect(await lea.getByRole('button', { name: 'Antworten' }).count(), 0, 'an answer is not offered')
  await lea.keyboard.press('n')
  await lea.locator('[contenteditable=true]:focus').waitFor()
  await lea.keyboard.type('Ja, weiß ich')
  await lea.keyboard.press('Control+Enter')
  await page.locator('.msg.note', { hasText: 'Ja, weiß ich' }).waitFor()
  await page.getByRole('button', { name: 'Zugang von Lea beenden' }).click()
  await until('Lea is out', async () => (await desk.api(lea, 'GET', `/tickets/${ticket.id}`)).status === 404)
  await until('the row is gone', async () => await lea.locator('.conv .thread').count() === 0)
}

async function whoIsStruckOutAgainIsNotNamed(desk) {
  const { page, ticket } = await aForeignTicket(desk)
  await names(page, '@le', 'Lea')
  for (let i = 0; i < '@Lea '.length; i++) await page.keyboard.press('Backspace')
  await page.keyboard.type('Ohne jemand')
  expect(await page.getByText('kann diesen Vorgang nicht sehen').count(), 0, 'the warning')
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg.note', { hasText: 'Ohne jemand' }).waitFor()
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/admissions`)).json.items, [])
}

async function watchingTakesOneKey(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Im Auge behalten')
  await openTicket(page, 'Im Auge behalten')
  await page.keyboard.press('w')
  await page.locator('.conv-head').getByRole('button', { name: 'Nicht mehr beobachten' }).waitFor()
  await page.locator('.context').getByText('Wer mitliest').waitFor()
  await page.goto(`${desk.url}/inbox/watching`)
  await openTicket(page, 'Im Auge behalten')
  await page.keyboard.press('w')
  await page.locator('.conv-head').getByRole('button', { name: 'Beobachten', exact: true }).waitFor()
}

await runAll({ aMentionSaysWhatItGrantsAndGrantsIt, whoIsStruckOutAgainIsNotNamed, watchingTakesOneKey })
