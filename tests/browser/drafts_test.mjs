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
  await page.locator('.toast').getByRole('button', { name: /Rückgängig/ }).click()
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
  await page.locator('.toast').getByRole('button', { name: /Rückgängig/ }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Abgeschickt' }).waitFor()
  const message = (await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.at(-1)
  expect(message.delivery.state, 'cancelled')
}

async function anAnswerThatBecomesANoteLeavesTheNoteThatWasThere(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Zu spät')
  const other = await desk.colleague('Miriam', 'manager')
  await openTicket(page, 'Zu spät')
  await writes(page, 'n', 'Erst nachgesehen')
  await page.getByRole('button', { name: 'Antworten' }).click()
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Wir kümmern uns')
  await desk.api(other, 'POST', `/tickets/${ticket.id}/messages`, { audience: 'public', text: 'Schon erledigt.' })
  await page.getByRole('button', { name: 'Als Notiz behalten' }).click()
  const editor = page.locator('[contenteditable=true]', { hasText: 'Wir kümmern uns' })
  await editor.waitFor()
  expect(await editor.locator('p').allInnerTexts(), ['Erst nachgesehen', 'Wir kümmern uns'])
}

async function whatIsTypedAfterSendingStaysWhenItIsTakenBack(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Noch einmal')
  await openTicket(page, 'Noch einmal')
  await writes(page, 'r', 'Abgeschickt')
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg.us', { hasText: 'Abgeschickt' }).waitFor()
  await writes(page, 'n', 'Gleich zurückgeholt')
  await page.locator('.toast').getByRole('button', { name: /Rückgängig/ }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Abgeschickt' }).waitFor()
  await page.getByRole('button', { name: 'Interne Notiz' }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Gleich zurückgeholt' }).waitFor()
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

async function aDraftThatComesLateIsNotLost(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Später Entwurf')
  await desk.api(page, 'PUT', `/tickets/${ticket.id}/draft`, { audience: 'public', content: { saved: 1, public: { html: '<p>An die Kundin</p>', text: 'An die Kundin', to: '', cc: '', bcc: '', files: [] } } })
  await page.route('**/draft', async route => { if (route.request().method() === 'GET') await new Promise(done => setTimeout(done, 1500)); await route.continue() })
  await openTicket(page, 'Später Entwurf')
  const late = page.waitForResponse(answer => answer.url().endsWith('/draft') && answer.request().method() === 'GET')
  await writes(page, 'n', 'Für uns')
  await late
  await page.getByText('Entwurf gesichert').waitFor({ timeout: 10000 })
  const kept = (await desk.api(page, 'GET', `/tickets/${ticket.id}/draft`)).json.content
  expect([kept.public.text, kept.internal.text], ['An die Kundin', 'Für uns'])
  await page.getByRole('button', { name: 'Antworten' }).click()
  await page.locator('[contenteditable=true]', { hasText: 'An die Kundin' }).waitFor()
}

async function whatIsTypedWithoutAPauseOutlivesAReload(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Ohne Pause')
  await openTicket(page, 'Ohne Pause')
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Das wird in einem Zug geschrieben', { delay: 30 })
  await page.reload()
  await page.locator('[contenteditable=true]', { hasText: 'Das wird in einem Zug geschrieben' }).waitFor()
}

async function whoIsSignedOutWhileWritingGoesOn(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Lange Antwort')
  await openTicket(page, 'Lange Antwort')
  await writes(page, 'r', 'Der Anfang')
  await page.context().clearCookies()
  await page.keyboard.type(' und mehr')
  const dialog = page.getByRole('dialog', { name: 'Ihre Anmeldung ist abgelaufen' })
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.getByLabel('Passwort').fill('ein gutes Passwort')
  await dialog.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.locator('[contenteditable=true]', { hasText: 'Der Anfang und mehr' }).click()
  await page.keyboard.press('End')
  await page.keyboard.type(' und das Ende')
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg.us', { hasText: 'Der Anfang und mehr und das Ende' }).waitFor()
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.length, 2)
}

async function aSecondPersonAtTheSameBrowserGetsNothingOfTheFirst(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Zwei Fenster')
  await openTicket(page, 'Zwei Fenster')
  await writes(page, 'r', 'Nur von Jana')
  desk.run(['user', 'add', 'miriam@theke.test', '--name', 'Miriam', '--role', 'manager', '--password-stdin'], 'noch ein Passwort\n')
  const other = await desk.page()
  await desk.signIn(other, 'miriam@theke.test', 'noch ein Passwort')
  await page.keyboard.type(' und sonst niemandem')
  /* The window may have noticed before the last words. */
  const written = (await page.locator('[contenteditable=true]').innerText()).trim()
  await page.keyboard.press('Control+Enter')
  const dialog = page.getByRole('dialog', { name: 'Ihre Anmeldung ist abgelaufen' })
  await dialog.getByText('jana@theke.test').waitFor()
  const asMiriam = url => desk.api(other, 'GET', url)
  await page.waitForTimeout(3500)
  expect([(await asMiriam(`/tickets/${ticket.id}/draft`)).status, (await asMiriam(`/tickets/${ticket.id}/messages`)).json.items.length], [404, 1])
  await dialog.getByRole('button', { name: 'Als andere Person anmelden' }).click()
  await page.waitForURL(/sign-in/)
  await page.waitForTimeout(500)
  expect((await asMiriam(`/tickets/${ticket.id}/draft`)).status, 404, 'what the page left behind')
  await desk.signIn(page, 'jana@theke.test', 'ein gutes Passwort')
  await page.goto(`${desk.url}/inbox/open/${ticket.id}`)
  await page.locator('[contenteditable=true]', { hasText: written }).waitFor()
}

async function aBegunTicketIsKept(desk) {
  const page = await atTheInbox(desk, 'open')
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Neuer Vorgang' })
  await dialog.getByLabel('Betreff').fill('Am Telefon')
  await dialog.getByLabel('Anliegen').fill('Ruft wegen der Rechnung an')
  await page.keyboard.press('Escape')
  await page.locator('.toast', { hasText: 'Der begonnene Vorgang bleibt erhalten' }).waitFor()
  await page.reload()
  await page.locator('.list-head h1').waitFor()
  await page.keyboard.press('n')
  expect([await dialog.getByLabel('Betreff').inputValue(), await dialog.getByLabel('Anliegen').inputValue()], ['Am Telefon', 'Ruft wegen der Rechnung an'])
  await dialog.getByLabel('E-Mail').fill('ana@kunde.example')
  await dialog.getByRole('button', { name: 'Vorgang anlegen' }).click()
  await page.locator('.conv-head h1', { hasText: 'Am Telefon' }).waitFor()
  await page.keyboard.press('u')
  await page.reload()
  await page.locator('.list-head h1').waitFor()
  await page.locator('.list-head').getByRole('button', { name: 'Neuer Vorgang' }).click()
  expect(await dialog.getByLabel('Betreff').inputValue(), '')
}

async function openingATicketAsksForNothingThatIsNotThere(desk) {
  const page = await atTheInbox(desk, 'open')
  const missing = []
  page.on('response', answer => { if (answer.status() === 404) missing.push(answer.url()) })
  await ticketOf(desk, page, 'Ohne Entwurf')
  await openTicket(page, 'Ohne Entwurf')
  await page.waitForTimeout(500)
  expect(missing, [])
}

async function aDraftIsHandedOnAndFinishedBySomebodyElse(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Zum Fertigschreiben')
  const other = await desk.colleague('Miriam', 'manager')
  await openTicket(page, 'Zum Fertigschreiben')
  await writes(page, 'r', 'Guten Tag Frau Huber,')
  await page.getByRole('button', { name: 'Übergeben' }).click()
  await page.getByRole('option', { name: 'Miriam' }).click()
  await page.locator('.offer', { hasText: 'für Miriam' }).waitFor()
  expect(await page.locator('[contenteditable=true]').count(), 0, 'its writer has it no more')
  await other.goto(`${desk.url}/inbox/open/${ticket.id}`)
  await other.locator('.offer', { hasText: 'Entwurf von Jana Petersen' }).getByRole('button', { name: 'Übernehmen' }).click()
  await other.locator('[contenteditable=true]', { hasText: 'Guten Tag Frau Huber,' }).waitFor()
  await until('it is nobody else\'s', async () => await page.locator('.offer').count() === 0)
  expect((await desk.api(other, 'GET', `/tickets/${ticket.id}/draft`)).json.content.public.text, 'Guten Tag Frau Huber,')
}

runAll({ anAnswerThatBecomesANoteLeavesTheNoteThatWasThere, whatIsTypedAfterSendingStaysWhenItIsTakenBack, aDraftThatComesLateIsNotLost, whatIsTypedWithoutAPauseOutlivesAReload, aSecondPersonAtTheSameBrowserGetsNothingOfTheFirst, whoIsSignedOutWhileWritingGoesOn, aBegunTicketIsKept, openingATicketAsksForNothingThatIsNotThere, aDraftThatComesLateLeavesANoteANote, lettersTypedAheadAreText, aDraftOutlivesTheBrowser, aNoteNeverSlipsIntoTheReply, aSentAnswerIsTakenBack, filesComeByDropAndStayWithTheirText, aDraftIsHandedOnAndFinishedBySomebodyElse })
