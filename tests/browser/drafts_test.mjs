// What is being written: kept, found again, never mixed up, taken back.
import { atTheInbox, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

async function writes(page, key, text) {
  await page.keyboard.press(key)
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type(text)
  await page.locator('[contenteditable=true]', { hasText: text }).waitFor()
}

async function lettersTypedAheadAreText(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Eilig')
  await openTicket(page, 'Eilig')
  await page.keyboard.press('r')
  await page.keyboard.type('hej, erledigt')
  await page.locator('[contenteditable=true]', { hasText: 'hej, erledigt' }).waitFor()
  expect(await page.getByRole('dialog').count(), 0, 'dialogs')
}

async function aDraftOutlivesTheBrowser(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Entwurf hier')
  await ticketOf(desk, page, 'Etwas anderes')
  await openTicket(page, 'Entwurf hier')
  await writes(page, 'r', 'Noch nicht fertig')
  await page.getByText('Entwurf gesichert').waitFor({ timeout: 10000 })
  await page.locator('.row', { hasText: 'Entwurf hier' }).getByRole('img', { name: 'Hier wartet ein Entwurf' }).waitFor()
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/draft`)).json.content.public.text, 'Noch nicht fertig')
  await openTicket(page, 'Etwas anderes')
  await page.evaluate(() => indexedDB.deleteDatabase('theke'))
  await page.goto(`${desk.url}/inbox/drafts`)
  await page.locator('.row .subj').first().waitFor()
  expect(await page.locator('.row .subj').allInnerTexts(), ['Entwurf hier'], 'the view of drafts')
  await openTicket(page, 'Entwurf hier')
  await page.locator('[contenteditable=true]', { hasText: 'Noch nicht fertig' }).waitFor()
  await page.getByRole('button', { name: 'Entwurf verwerfen' }).click()
  await until('discarding', async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}/draft`)).status === 404)
  await page.getByRole('button', { name: /Rückgängig/ }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Noch nicht fertig' }).waitFor()
}

async function aNoteNeverSlipsIntoTheReply(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Vertraulich')
  await openTicket(page, 'Vertraulich')
  await writes(page, 'n', 'Nur für uns')
  await page.getByRole('button', { name: 'Antworten' }).click()
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Für die Kundin')
  await page.locator('[contenteditable=true]', { hasText: 'Für die Kundin' }).waitFor()
  expect(await page.locator('[contenteditable=true]').innerText(), 'Für die Kundin')
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg.us', { hasText: 'Für die Kundin' }).waitFor()
  const messages = (await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items
  expect(messages.map(each => each.text.trim()), ['Es geht um: Vertraulich', 'Für die Kundin'])
  await page.getByRole('button', { name: 'Interne Notiz' }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Nur für uns' }).waitFor()
}

async function aSentAnswerIsTakenBack(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Zu früh')
  await openTicket(page, 'Zu früh')
  await writes(page, 'r', 'Abgeschickt')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('button', { name: /Rückgängig/ }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Abgeschickt' }).waitFor()
  const message = (await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.at(-1)
  expect(message.delivery.state, 'cancelled')
}

async function filesComeByDropAndStayWithTheirText(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Mit Anhang')
  await openTicket(page, 'Mit Anhang')
  await writes(page, 'r', 'Siehe Anhang')
  await page.locator('input[type=file]').setInputFiles({ name: 'Angebot Müller.txt', mimeType: 'text/plain', buffer: Buffer.from('12 Euro') })
  await page.locator('.files', { hasText: 'Angebot Müller.txt' }).waitFor()
  const files = await page.evaluateHandle(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'gezogen.txt', { type: 'text/plain' })); return data })
  await page.dispatchEvent('.composer', 'drop', { dataTransfer: files })
  await page.locator('.files', { hasText: 'gezogen.txt' }).waitFor()
  await page.getByRole('button', { name: 'gezogen.txt entfernen' }).click()
  await page.getByRole('button', { name: 'Weitere Arten zu senden' }).click()
  await page.getByRole('menuitem', { name: 'Senden und auf Antwort warten' }).click()
  await page.locator('.msg.us .file', { hasText: 'Angebot Müller.txt' }).waitFor()
  const after = (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json
  expect([after.state, after.waiting_reason], ['waiting', 'customer'])
}

async function aDraftThatComesLateLeavesANoteANote(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Langsamer Entwurf')
  await desk.api(page, 'PUT', `/tickets/${ticket.id}/draft`, { audience: 'public', content: { saved: 1, public: { html: '<p>An die Kundin</p>', text: 'An die Kundin', to: '', cc: '', bcc: '', files: [] } } })
  await page.route('**/draft', async route => { await new Promise(done => setTimeout(done, 1000)); await route.continue() })
  await openTicket(page, 'Langsamer Entwurf')
  const [answer] = await Promise.all([page.waitForResponse('**/draft'), page.keyboard.press('n')])
  expect(answer.status(), 200)
  await page.locator('.composer .bar').waitFor()
  await page.waitForTimeout(300)
  expect(await page.getByRole('button', { name: 'Interne Notiz' }).getAttribute('aria-pressed'), 'true', 'the note')
}

runAll({ aDraftThatComesLateLeavesANoteANote, lettersTypedAheadAreText, aDraftOutlivesTheBrowser, aNoteNeverSlipsIntoTheReply, aSentAnswerIsTakenBack, filesComeByDropAndStayWithTheirText })
