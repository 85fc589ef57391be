// An agent's main path in a real browser: set up, see a ticket arrive, answer it, note something, find it again.
import { expect, openTicket, runAll } from './desk.mjs'

const complaint = { subject: 'Dritte Reklamation – ich will mein Geld zurück', text: 'Das ist jetzt meine dritte Reklamation.',
  requester: { email: 'a.wiesenhuetter@posteo.example', name: 'Dr. Annegret Wiesenhütter-Schönleitner' }, priority: 'urgent' }

async function anOpenTicketArrivesWithoutReload(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await page.goto(desk.url + '/inbox/unassigned')
  await page.getByRole('heading', { name: 'Nicht zugewiesen' }).first().waitFor()
  await page.waitForTimeout(500)
  const started = Date.now()
  expect((await desk.api(page, 'POST', '/tickets', complaint)).status, 201)
  await page.getByText('Dritte Reklamation').first().waitFor({ timeout: 5000 })
  if (Date.now() - started > 2000) throw new Error(`the ticket took ${Date.now() - started} ms to appear`)
}

async function anAnswerIsSentAndANoteStaysInside(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const ticket = (await desk.api(page, 'POST', '/tickets', complaint)).json
  await page.goto(desk.url + '/inbox/unassigned')
  await openTicket(page, 'Dritte Reklamation')
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Wir erstatten den Betrag.')
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg', { hasText: 'Wir erstatten den Betrag.' }).waitFor()
  const messages = (await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items
  expect([messages.length, messages[1].audience, messages[1].text.trim()], [2, 'public', 'Wir erstatten den Betrag.'])
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json.state, 'open')
}

async function aVeryLongMessageIsShownWhole(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const text = `Anfang\n${'Zeile um Zeile steht hier etwas.\n'.repeat(7000)}Ganz am Ende`
  const ticket = await desk.api(page, 'POST', '/tickets', { ...complaint, text })
  expect(ticket.status, 201)
  await page.goto(`${desk.url}/inbox/all/${ticket.json.id}`)
  const message = page.locator('.msg', { hasText: 'Anfang' })
  await message.getByText('Hier steht nur ihr Anfang.').waitFor()
  expect(await message.getByText('Ganz am Ende').count(), 0)
  await message.getByRole('button', { name: 'Alles zeigen' }).click()
  await message.getByText('Ganz am Ende').waitFor()
  expect(await message.getByRole('button', { name: 'Alles zeigen' }).count(), 0)
}

runAll({ anOpenTicketArrivesWithoutReload, anAnswerIsSentAndANoteStaysInside, aVeryLongMessageIsShownWhole })
