// Writing an answer: who gets it, what hangs on it, and what becomes of it without a mailbox or without a connection.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

async function writing(desk, subject, text = 'Wir kümmern uns darum.') {
  const page = await atTheInbox(desk, 'all')
  const ticket = await ticketOf(desk, page, subject)
  for (const [email, name] of [['bert@kunde.example', 'Bert Klein'], ['carla@kunde.example', '']])
    await desk.api(page, 'POST', `/tickets/${ticket.id}/participants`, { email, ...(name ? { name } : {}), role: 'cc' })
  await openTicket(page, subject)
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  if (text) await page.keyboard.type(text)
  return { page, ticket }
}
const drop = (page, at, name) => page.locator(at).evaluate((box, name) => {
  const files = new DataTransfer()
  files.items.add(new File(['Inhalt'], name, { type: 'text/plain' }))
  for (const kind of ['dragover', 'drop']) box.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }))
}, name)

async function whoReadsAlongStaysInSight(desk) {
  const { page } = await writing(desk, 'Mit Kopie')
  await page.locator('#rcpt-cc').waitFor()
  await page.locator('.composer .whom').click()
  await counts(page.locator('#rcpt-cc'), 0, 'open recipients')
  expect(await page.locator('.composer .whom').innerText(), 'an Ana Huber · Kopie: Bert Klein, carla@kunde.example')
}

async function aFileMayFallAnywhereOnTheTicket(desk) {
  const { page } = await writing(desk, 'Mit Datei', '')
  await drop(page, '.conv .thread', 'vertrag.txt')
  await page.locator('.composer .file', { hasText: 'vertrag.txt' }).waitFor()
  await drop(page, '.composer [contenteditable=true]', 'zweite.txt')
  await page.locator('.composer .file', { hasText: 'zweite.txt' }).waitFor()
  await counts(page.locator('.composer .file'), 2, 'files')
  await page.locator('.conv .thread').evaluate(box => {
    const files = new DataTransfer()
    files.items.add(new File(['x'], 'x.txt'))
    box.dispatchEvent(new DragEvent('dragover', { dataTransfer: files, bubbles: true, cancelable: true }))
  })
  await page.getByText('Hier ablegen, um die Datei anzuhängen').waitFor()
  const kept = await page.locator('.list').evaluate(box => {
    const files = new DataTransfer()
    files.items.add(new File(['x'], 'x.txt'))
    return ['dragover', 'drop'].map(kind => box.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true })))
  })
  expect(kept, [false, false], 'a file that misses replaces the page')
}

async function aFileThatFailedSaysSoAndGoesUpAgain(desk) {
  const { page } = await writing(desk, 'Hochladen')
  await page.route('**/api/v1/uploads', route => route.fulfill({ status: 413, contentType: 'application/problem+json', body: JSON.stringify({ code: 'too_large', title: 'too large' }) }), { times: 2 })
  await drop(page, '.conv .thread', 'gross.pdf')
  await drop(page, '.conv .thread', 'riesig.pdf')
  const failed = page.locator('.composer .file.failed', { hasText: 'gross.pdf' })
  await failed.getByText('Das ist zu groß.').waitFor()
  await page.locator('.composer .file.failed', { hasText: 'riesig.pdf' }).getByRole('button', { name: 'riesig.pdf entfernen' }).click()
  await page.getByRole('button', { name: /^Senden/ }).click()
  await page.getByText('Eine Datei ist nicht angehängt.').waitFor()
  await failed.getByRole('button', { name: 'gross.pdf noch einmal hochladen' }).click()
  await page.locator('.composer .file:not([role])', { hasText: 'gross.pdf' }).waitFor()
  await page.keyboard.press('Control+Enter')
  await page.locator('.msg.us', { hasText: 'gross.pdf' }).waitFor()
}

async function aTeamWithoutAMailboxIsTold(desk) {
  const { page } = await writing(desk, 'Ohne Postfach')
  const line = page.locator('.composer .no-mailbox')
  await line.getByText('hat kein Postfach, das senden kann').waitFor()
  expect(await line.getByRole('link', { name: 'Postfach einrichten' }).getAttribute('href'), '/settings/mailboxes')
  expect((await desk.api(page, 'POST', '/mailboxes', { name: 'Service', address: 'service@nordlicht.example', inbound: { kind: 'lmtp' }, outbound: { host: '127.0.0.1', port: 9, security: 'none' } })).status, 201)
  await page.waitForTimeout(600)
  await page.reload()
  await page.locator('.composer .whom', { hasText: 'Ana Huber' }).waitFor()
  expect(await line.count(), 0)
}

async function whatIsSentWithoutAConnectionWaitsForIt(desk) {
  const { page, ticket } = await writing(desk, 'Im Zug', 'Ich schreibe im Tunnel.')
  await page.waitForTimeout(600)
  await page.context().setOffline(true)
  await page.keyboard.press('Control+Enter')
  const waits = page.locator('.composer .unsent')
  await waits.getByText('Die Antwort wartet').waitFor()
  await page.locator('.banner.offline', { hasText: '1 Nachricht wartet auf die Verbindung.' }).waitFor()
  await page.screenshot({ path: `${process.env.SHOTS ?? desk.folder}/offline.png` })
  await waits.getByRole('button', { name: 'Doch nicht senden' }).click()
  await page.locator('[contenteditable=true]', { hasText: 'Ich schreibe im Tunnel.' }).click()
  await page.keyboard.press('Control+Enter')
  await waits.waitFor()
  await page.context().setOffline(false)
  await page.locator('.msg.us', { hasText: 'Ich schreibe im Tunnel.' }).waitFor({ timeout: 15000 })
  await until('the banner to go', async () => await page.locator('.banner.offline').count() === 0, 25)
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.length, 2, 'messages')
  await page.reload()
  await page.locator('.msg.us', { hasText: 'Ich schreibe im Tunnel.' }).waitFor()
  await page.waitForTimeout(500)
  expect(await page.locator('.composer [contenteditable=true]').count(), 0, 'drafts of what has left')
}

async function anAnswerWhoseReceiptGotLostIsThereOnce(desk) {
  const { page, ticket } = await writing(desk, 'Abgerissen', 'Nur einmal bitte.')
  await page.route('**/messages', async route => { await route.fetch(); await route.abort() }, { times: 1 })
  await page.keyboard.press('Control+Enter')
  await page.locator('.toast', { hasText: 'gesendet' }).waitFor({ timeout: 15000 })
  expect([await page.locator('.composer .unsent').count(), await page.locator('.composer .wrong-line').count()], [0, 0])
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.length, 2, 'messages')
}

async function whatWaitsIsOnlyForWhoHasWrittenIt(desk) {
  const { page, ticket } = await writing(desk, 'Zu zweit', 'Von Jana.')
  await page.route('**/messages', route => route.request().method() === 'POST' ? route.abort() : route.continue())
  await page.keyboard.press('Control+Enter')
  await page.locator('.composer .unsent').waitFor()
  await page.close()
  desk.run(['user', 'add', 'miriam@theke.test', '--name', 'Miriam', '--role', 'manager', '--password-stdin'], 'noch ein Passwort\n')
  const other = await desk.page()
  await desk.signIn(other, 'miriam@theke.test', 'noch ein Passwort')
  await other.goto(`${desk.url}/inbox/all/${ticket.id}`)
  await other.locator('.conv-head h1', { hasText: 'Zu zweit' }).waitFor()
  await other.keyboard.press('r')
  await other.locator('[contenteditable=true]:focus').waitFor()
  expect([await other.locator('.composer .unsent').count(), await other.locator('.banner.offline').count()], [0, 0])
  await desk.signIn(other, 'jana@theke.test', 'ein gutes Passwort')
  await other.goto(`${desk.url}/inbox/all/${ticket.id}`)
  await other.locator('.msg.us', { hasText: 'Von Jana.' }).waitFor({ timeout: 15000 })
}

async function whoAnsweredMeanwhileTurnsTheWaitingOneIntoADraft(desk) {
  const { page, ticket } = await writing(desk, 'Überholt', 'Zu spät.')
  const other = await desk.colleague('Miriam', 'manager')
  await page.context().setOffline(true)
  await page.keyboard.press('Control+Enter')
  await page.locator('.composer .unsent').waitFor()
  expect((await desk.api(other, 'POST', `/tickets/${ticket.id}/messages`, { audience: 'public', text: 'Schon erledigt.' })).status, 201)
  await page.context().setOffline(false)
  await page.locator('.composer').getByText('Miriam hat geantwortet: Schon erledigt.').waitFor({ timeout: 15000 })
  await page.locator('.composer [contenteditable=true]', { hasText: 'Zu spät.' }).waitFor()
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.map(each => each.text.trim()).includes('Zu spät.'), false)
}

async function aTicketBeginsWithACallOrWithALetter(desk) {
  const page = await atTheInbox(desk, 'all')
  const dialog = page.getByRole('dialog', { name: 'Neuer Vorgang' })
  await page.keyboard.press('n')
  await dialog.getByLabel('Name').fill('Bert Klein')
  await dialog.getByLabel('Telefon').fill('+49 171 5550101')
  await dialog.getByLabel('Betreff').fill('Rückruf erbeten')
  await dialog.getByLabel('Anliegen', { exact: true }).fill('Er kommt um drei noch einmal.')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/new.png` })
  await dialog.getByRole('button', { name: 'Vorgang anlegen' }).click()
  await page.locator('.conv-head h1', { hasText: 'Rückruf erbeten' }).waitFor()
  await page.locator('.context', { hasText: '+49 171 5550101' }).waitFor()
  await page.keyboard.press('u')
  await page.locator('.list-head').getByRole('button', { name: 'Neuer Vorgang' }).click()
  await dialog.getByRole('radio', { name: 'E-Mail schreiben' }).click()
  await dialog.getByLabel('E-Mail').fill('neu@kunde.example')
  await dialog.getByLabel('Betreff').fill('Ihr Termin')
  await dialog.getByLabel('Nachricht').fill('Passt Ihnen Donnerstag?')
  await dialog.getByRole('button', { name: 'Senden' }).click()
  await page.locator('.conv-head h1', { hasText: 'Ihr Termin' }).waitFor()
  await page.locator('.msg.us', { hasText: 'Passt Ihnen Donnerstag?' }).getByText('Geht gleich raus').waitFor()
}

runAll({ anAnswerWhoseReceiptGotLostIsThereOnce, whatWaitsIsOnlyForWhoHasWrittenIt, aTicketBeginsWithACallOrWithALetter, whoReadsAlongStaysInSight, aFileMayFallAnywhereOnTheTicket, aFileThatFailedSaysSoAndGoesUpAgain, aTeamWithoutAMailboxIsTold,
  whatIsSentWithoutAConnectionWaitsForIt, whoAnsweredMeanwhileTurnsTheWaitingOneIntoADraft })
