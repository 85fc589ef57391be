// Mail in a real browser: a letter arrives live, says why it is where it is, shows its HTML sealed, is moved, answered,
// refused and bounced.
import http from 'node:http'
import { MailServer, counts, expect, runAll, until } from './desk.mjs'

const head = (subject, from = 'Ágnes Kovács <agnes@kunde.example>', more = '') => `From: ${from}
To: service@nordlicht.example
Subject: ${subject}
Date: Mon, 23 Nov 2026 09:15:00 +0100
Message-ID: <${Math.random().toString(36).slice(2)}@kunde.example>
MIME-Version: 1.0
${more}`
const letter = (subject, text, from, more = '') => `${head(subject, from, more)}Content-Type: text/plain; charset=utf-8\n\n${text}\n`

async function atTheInbox(desk, view = 'unassigned') {
  const page = await desk.page()
  await desk.setUp(page)
  const made = await desk.api(page, 'POST', '/mailboxes', { name: 'Service', address: 'service@nordlicht.example', inbound: { kind: 'lmtp' }, outbound: desk.sink ?? {} })
  expect(made.status, 201, 'the mailbox')
  await page.goto(`${desk.url}/inbox/${view}`)
  await page.locator('.list-head h1').first().waitFor()
  await page.waitForTimeout(500)
  return page
}

async function openTicket(page, subject) {
  await page.locator('.row', { hasText: subject }).click()
  await page.locator('.conv-head h1', { hasText: subject }).waitFor()
}

async function aLetterArrivesLiveAndSaysWhyItIsHere(desk) {
  const page = await atTheInbox(desk)
  expect(await desk.deliver(letter('Mahlwerk klemmt', 'Die Mühle mahlt nicht mehr.'), 'service@nordlicht.example'), 0, 'delivering')
  const started = Date.now()
  await page.locator('.row', { hasText: 'Mahlwerk klemmt' }).waitFor({ timeout: 5000 })
  if (Date.now() - started > 1500) throw new Error(`the letter took ${Date.now() - started} ms to appear`)
  await openTicket(page, 'Mahlwerk klemmt')
  await page.getByRole('button', { name: 'Warum hier?' }).click()
  const dialog = page.getByRole('dialog', { name: 'Warum hier?' })
  await dialog.getByText('Ein neuer Vorgang').waitFor()
  await dialog.getByText('Sie bezieht sich auf keine frühere E-Mail.').waitFor()
  await page.keyboard.press('Escape')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Quelltext' }).click()])
  const stream = await download.createReadStream()
  let raw = ''
  for await (const piece of stream) raw += piece
  if (!raw.includes('Subject: Mahlwerk klemmt\r\n')) throw new Error(`the source is not the letter: ${raw.slice(0, 300)}`)
}

async function aLetterMovesToAnotherTicketAndToItsOwn(desk) {
  const page = await atTheInbox(desk)
  for (const subject of ['Rechnung fehlt', 'Noch etwas zur Rechnung']) await desk.deliver(letter(subject, `Es geht um: ${subject}`))
  await openTicket(page, 'Rechnung fehlt')
  const number = (await page.locator('.conv-head .marke').innerText()).replace(/\D/g, '')
  await openTicket(page, 'Noch etwas zur Rechnung')
  await page.getByRole('button', { name: 'Warum hier?' }).click()
  await page.getByRole('dialog').getByLabel('Vorgangsnummer').fill('99999999')
  await page.getByRole('button', { name: 'Dorthin verschieben' }).click()
  await page.getByRole('dialog').getByText('Diesen Vorgang gibt es nicht').waitFor()
  await page.getByRole('dialog').getByLabel('Vorgangsnummer').fill(number)
  await page.getByRole('button', { name: 'Dorthin verschieben' }).click()
  await page.locator('.conv-head h1', { hasText: 'Rechnung fehlt' }).waitFor()
  await counts(page.locator('.msg'), 2, 'messages after moving')
  const moved = page.locator('.msg', { hasText: 'Noch etwas zur Rechnung' })
  await moved.getByRole('button', { name: 'Warum hier?' }).click()
  await page.getByRole('dialog').getByText('Von Hand hierher verschoben').waitFor()
  await page.getByRole('button', { name: 'Eigenen Vorgang daraus machen' }).click()
  await page.locator('.conv-head h1', { hasText: 'Noch etwas zur Rechnung' }).waitFor()
  await counts(page.locator('.msg'), 1, 'messages in the ticket of its own')
}

async function htmlStaysSealedAndRemotePicturesWait(desk) {
  const asked = []
  const pictures = http.createServer((request, answer) => {
    asked.push(request.url)
    answer.setHeader('Content-Type', 'image/gif')
    answer.end(Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'))
  })
  await new Promise(done => pictures.listen(0, '127.0.0.1', done))
  desk.servers = [pictures]
  const page = await atTheInbox(desk)
  const html = `<h1>Herbstangebot</h1><p onclick="top.hit = 1">Jetzt <b>sparen</b></p><script>top.hit = 1</script>
<img src="http://127.0.0.1:${pictures.address().port}/track.gif" alt="Logo" onerror="top.hit = 1"><img src="x" onerror="top.hit = 1">`
  await desk.deliver(`${head('Herbstangebot')}Content-Type: text/html; charset=utf-8\n\n${html}\n`)
  await openTicket(page, 'Herbstangebot')
  await page.getByRole('button', { name: 'Wie gesendet' }).click()
  const frame = page.frameLocator('iframe[sandbox]')
  await frame.getByRole('heading', { name: 'Herbstangebot' }).waitFor()
  const sandbox = await page.locator('.msg iframe').getAttribute('sandbox')
  if (sandbox.includes('allow-scripts')) throw new Error(`the frame may run scripts: ${sandbox}`)
  await page.getByText('1 Bild aus dem Internet ist blockiert').waitFor()
  await page.waitForTimeout(500)
  expect([asked.length, await page.evaluate(() => window.hit)], [0, undefined], 'before allowing')
  await page.getByRole('button', { name: 'Bilder laden' }).click()
  await until('loading the picture', () => asked.includes('/track.gif'))
  expect(await page.evaluate(() => window.hit), undefined, 'scripts of the letter')
}

async function aQuoteIsFoldedUntilAsked(desk) {
  const page = await atTheInbox(desk)
  await desk.deliver(letter('Re: Termin', 'Ja, das passt.\n\nAm 20.11.2026 um 10:12 schrieb Nordlicht Service:\n> Passt Ihnen Donnerstag?\n> Viele Grüße'))
  await openTicket(page, 'Termin')
  const body = page.locator('.msg .text')
  expect(await body.innerText(), 'Ja, das passt.', 'folded')
  await page.getByRole('button', { name: 'Zitat zeigen' }).click()
  await body.getByText('Passt Ihnen Donnerstag?').waitFor()
}

async function answer(page, text) {
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type(text)
  await page.keyboard.press('Control+Enter')
  return page.locator('.msg.us', { hasText: text })
}

async function anAnswerIsRefusedSentAgainAndBounces(desk) {
  const sink = await new MailServer().open(desk)
  sink.refusal = '550 5.1.1 no such person here'
  desk.sink = { host: '127.0.0.1', port: sink.port, security: 'none' }
  const page = await atTheInbox(desk)
  await desk.deliver(letter('Wartung', 'Wann kommt jemand?'))
  await openTicket(page, 'Wartung')
  const mine = await answer(page, 'Am Donnerstag um neun.')
  await mine.getByText('Geht gleich raus').waitFor()
  await mine.getByText('Nicht gesendet').waitFor({ timeout: 20000 })
  await mine.getByText('no such person here').waitFor()
  sink.refusal = ''
  await mine.getByRole('button', { name: 'Erneut senden' }).click()
  await mine.getByText('Gesendet', { exact: true }).waitFor({ timeout: 20000 })
  expect(sink.letters.length, 1, 'letters sent')
  const id = sink.letters[0].match(/^Message-ID: (\S+)/im)[1]
  await desk.deliver(bounceOf(id))
  await page.getByText('Unsere E-Mail ist nicht angekommen').waitFor({ timeout: 5000 })
  await mine.getByText('Unzustellbar').waitFor()
}

const bounceOf = id => `From: Mail Delivery System <MAILER-DAEMON@mx.kunde.example>
To: service@nordlicht.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <b1@mx.kunde.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail system could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kunde.example

Final-Recipient: rfc822; agnes@kunde.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--b
Content-Type: text/rfc822-headers

From: service@nordlicht.example
To: agnes@kunde.example
Subject: Re: Wartung
Message-ID: ${id}

--b--
`

async function aStrangerWhoAnswersIsShownAsUnverified(desk) {
  const sink = await new MailServer().open(desk)
  desk.sink = { host: '127.0.0.1', port: sink.port, security: 'none' }
  const page = await atTheInbox(desk)
  const first = letter('Garantie', 'Gilt die Garantie noch?')
  await desk.deliver(first)
  await openTicket(page, 'Garantie')
  const id = first.match(/^Message-ID: (\S+)/m)[1]
  await desk.deliver(letter('Re: Garantie', 'Ich mische mich ein.', 'fremd@anderswo.example', `In-Reply-To: ${id}\n`))
  await page.getByText('ist an diesem Vorgang nicht beteiligt').waitFor({ timeout: 5000 })
  await (await answer(page, 'Ja, bis Mai.')).waitFor()
  await until('sending', () => sink.letters.length, 20)
  expect(sink.letters[0].match(/^To: .*$/im)[0].includes('anderswo'), false, 'the stranger gets the answer')
}

async function theMailServersChecksAreBelievedWithOneClick(desk) {
  const page = await atTheInbox(desk)
  for (let number = 0; number < 10; number++) {
    const checks = `Authentication-Results: mx.nordlicht.example; spf=pass smtp.mailfrom=kunde.example\n`
    expect(await desk.deliver(letter(`Anfrage ${number}`, 'Guten Tag', undefined, checks), 'service@nordlicht.example'), 0, 'delivering')
  }
  await until('the letters', async () => (await desk.api(page, 'GET', '/mailboxes')).json.items[0].authentication_proposed, 20)
  await page.goto(`${desk.url}/settings/mailboxes`)
  await page.getByText('Fast jede E-Mail, die hier ankommt, trägt eine Absenderprüfung von mx.nordlicht.example.').waitFor()
  await page.getByRole('button', { name: 'mx.nordlicht.example vertrauen' }).click()
  await page.getByText('Den Absenderprüfungen von mx.nordlicht.example wird vertraut.').waitFor()
  expect((await desk.api(page, 'GET', '/mailboxes')).json.items[0].authentication_server, 'mx.nordlicht.example')
}

runAll({ aLetterArrivesLiveAndSaysWhyItIsHere, aLetterMovesToAnotherTicketAndToItsOwn, htmlStaysSealedAndRemotePicturesWait,
  aQuoteIsFoldedUntilAsked, anAnswerIsRefusedSentAgainAndBounces, aStrangerWhoAnswersIsShownAsUnverified,
  theMailServersChecksAreBelievedWithOneClick })
