// Spam: who is blocked, from a ticket and in the settings, with the way back.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const senders = (desk, page) => desk.api(page, 'GET', '/spam/senders').then(answer => answer.json.items)
const isSpam = (desk, page, id) => desk.api(page, 'GET', `/tickets/${id}`).then(answer => answer.json.is_spam)

async function aSenderIsBlockedFromTheTicketAndTakenBack(desk) {
  const page = await atTheInbox(desk)
  const ticket = await ticketOf(desk, page, 'Sonderangebot')
  await openTicket(page, 'Sonderangebot')
  await page.getByRole('button', { name: 'Mehr', exact: true }).first().click()
  await page.getByRole('menuitem', { name: 'Absender sperren' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Alle Adressen von kunde.example').waitFor()
  await dialog.getByLabel('Grund').fill('Reklame')
  await dialog.getByRole('button', { name: 'Sperren', exact: true }).click()
  await page.getByText('ist gesperrt').waitFor()
  await page.locator('.conv-bar').getByText('Spam').waitFor()
  expect((await senders(desk, page)).map(each => [each.pattern.includes('@'), each.reason]), [[true, 'Reklame']])
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await until('it is taken back', async () => !(await isSpam(desk, page, ticket.id)) && !(await senders(desk, page)).length)
  await counts(page.locator('.conv-bar').getByText('Spam'), 0)
}

async function theListIsKeptInTheSettings(desk) {
  const page = await atTheInbox(desk)
  await page.goto(desk.url + '/settings/spam')
  await page.getByText('Noch kein Absender').waitFor()
  await page.getByRole('button', { name: 'Absender eintragen' }).click()
  const form = page.locator('form.well')
  await form.getByLabel('E-Mail-Adresse oder Domain').fill('unsinn')
  await form.getByRole('button', { name: 'Sperren' }).click()
  await form.getByText('Bitte eine E-Mail-Adresse oder eine Domain angeben').waitFor()
  await form.getByLabel('E-Mail-Adresse oder Domain').fill('Markt.example')
  await form.getByLabel('Auch alle Subdomains').check()
  await form.getByLabel('Grund').fill('Reklame')
  await form.getByRole('button', { name: 'Sperren' }).click()
  await page.getByText('Diese Domain und alle Subdomains · Reklame').waitFor()
  expect((await senders(desk, page)).map(each => [each.pattern, each.has_subdomains, each.is_allowed]), [['markt.example', true, false]])
  await page.getByRole('button', { name: 'markt.example entfernen' }).click()
  await page.getByText('Noch kein Absender').waitFor()
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.getByText('Diese Domain und alle Subdomains · Reklame').waitFor()
}

const letterOf = (from, subject, text) => `From: ${from}\r\nTo: support@theke.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject.length}.${Math.random()}@markt.example>\r\nDate: Mon, 30 Nov 2026 09:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`
const spam = (desk, page) => desk.api(page, 'GET', '/tickets?spam=true').then(answer => answer.json.items)

// Five letters of each kind are learned, and one more is found by the filter.
async function quarantineOf(desk, page) {
  await desk.api(page, 'PATCH', '/spam/filter', { minimum: 5 })
  const wanted = (await desk.api(page, 'POST', '/spam/senders', { pattern: 'kunde.example' })).json
  for (let n = 0; n < 5; n++) await desk.deliver(letterOf(`k${n}@kunde.example`, `Rechnung ${n}`, 'Die Rechnung zur Lieferung der Kaffeemühle stimmt nicht, bitte prüfen.'))
  await until('they lie in quarantine', async () => (await spam(desk, page)).length === 5)
  for (const one of await spam(desk, page)) await desk.api(page, 'PATCH', `/tickets/${one.id}`, { is_spam: false })
  await desk.api(page, 'DELETE', `/spam/senders/${wanted.id}`)
  await desk.api(page, 'POST', '/spam/senders', { pattern: 'markt.example' })
  for (let n = 0; n < 5; n++) await desk.deliver(letterOf(`s${n}@los${n}.example`, `Gewinn ${n}`, 'Garantierter Gewinn, letzte Chance, sofort klicken: http://win.lottery.example/'))
  const tickets = await until('they are there', async () => { const all = (await desk.api(page, 'GET', '/tickets?limit=50')).json.items.filter(each => each.subject.startsWith('Gewinn')); return all.length === 5 && all })
  for (const one of tickets) await desk.api(page, 'PATCH', `/tickets/${one.id}`, { is_spam: true })
  await until('they are learned', async () => (await desk.api(page, 'GET', '/spam/filter')).json.is_ready)
  await desk.deliver(letterOf('laut@markt.example', 'Reklame', 'Kaufen Sie jetzt'))
  await desk.deliver(letterOf('neu@irgendwo.example', 'Glückwunsch', 'Garantierter Gewinn! Sofort klicken, letzte Chance: http://win.lottery.example/'))
  await until('both lie in quarantine', async () => (await spam(desk, page)).length === 7)
}

async function quarantineSaysWhyAndLetsGo(desk) {
  const page = await atTheInbox(desk)
  await quarantineOf(desk, page)
  await page.goto(desk.url + '/inbox/spam')
  const row = subject => page.locator('.row', { hasText: subject })
  await row('Reklame').getByText('Absender gesperrt: markt.example').waitFor()
  await row('Glückwunsch').getByText(/Vom Filter erkannt, zu \d+ %/).waitFor()
  await row('Gewinn 0').getByText('Von Hand als Spam markiert').waitFor()
  await openTicket(page, 'Glückwunsch')
  const strip = page.locator('.conv .banner', { hasText: 'Vom Filter erkannt' })
  await strip.getByRole('button', { name: 'Warum?' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Link zu win.lottery.example').waitFor()
  expect(await dialog.locator('tbody tr').count() <= 10, true, 'ten reasons')
  if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/quarantine-why.png` })
  await page.keyboard.press('Escape')
  if (process.env.LOOKS) {
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme })
      await page.screenshot({ path: `${process.env.LOOKS}/quarantine-${theme}.png` })
    }
    await page.setViewportSize({ width: 390, height: 844 })
    await page.screenshot({ path: `${process.env.LOOKS}/quarantine-ticket-390.png` })
    await page.goto(desk.url + '/inbox/spam')
    await row('Reklame').getByText('Absender gesperrt').waitFor()
    await page.screenshot({ path: `${process.env.LOOKS}/quarantine-390.png` })
    await page.setViewportSize({ width: 1440, height: 1000 })
  }
  await page.goto(desk.url + '/inbox/spam')
  for (const subject of ['Reklame', 'Glückwunsch']) await row(subject).locator('.pick-row').click()
  await page.getByRole('toolbar').getByText('2 ').first().waitFor()
  if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/quarantine-bulk.png` })
  await page.getByRole('toolbar').getByRole('button', { name: 'Kein Spam' }).click()
  await page.getByText('2 Vorgänge sind kein Spam mehr').waitFor()
  await counts(row('Reklame'), 0)
  expect((await spam(desk, page)).length, 5)
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await row('Reklame').waitFor()
  expect((await spam(desk, page)).length, 7)
  await openTicket(page, 'Reklame')
  await page.locator('.conv .banner').getByRole('button', { name: 'Kein Spam' }).click()
  await page.getByText('ist kein Spam').waitFor()
  await counts(page.locator('.conv .banner', { hasText: 'Absender gesperrt' }), 0)
}

async function theFilterIsSetInTheSettings(desk) {
  const page = await atTheInbox(desk)
  await page.goto(desk.url + '/settings/spam')
  const panel = page.locator('section.panel')
  await panel.getByText('Er lernt noch und entscheidet nichts.').waitFor()
  await panel.getByLabel('Ab wie viel Prozent?').fill('90')
  await panel.getByLabel('Ähnliche E-Mails in den Spam legen').uncheck()
  await panel.getByRole('button', { name: 'Speichern' }).click()
  await panel.getByText('Er ist ausgeschaltet.').waitFor()
  const now = (await desk.api(page, 'GET', '/spam/filter')).json
  expect([now.is_on, now.threshold, now.minimum], [false, 90, 20])
}

async function itFitsAndIsSaidInEveryLanguage(desk) {
  const page = await atTheInbox(desk)
  await desk.api(page, 'POST', '/spam/senders', { pattern: 'newsletter@a-very-long-name-of-a-market.example.org', reason: 'Reklame für Dinge, die niemand hier braucht, jeden Tag' })
  await desk.api(page, 'POST', '/spam/senders', { pattern: 'partner.example', is_allowed: true, expires_at: '2031-01-01T00:00:00Z' })
  await desk.api(page, 'POST', '/spam/senders', { pattern: 'markt.example', has_subdomains: true })
  for (const locale of ['hu', 'en', 'de']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.evaluate(word => localStorage.setItem('locale', word), locale)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${desk.url}/settings/spam`)
    await page.locator('.things .thing button').last().waitFor()
    await page.locator('.settings .actions > button.primary').last().click()
    await page.locator('form.well').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `spam in ${locale} fits`)
    expect(/\b(spam|block)\.[a-z]\w+/.test(await page.locator('.settings').innerText()), false, 'words, not keys')
    if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/spam-${locale}-390.png`, fullPage: true })
  }
  if (!process.env.LOOKS) return
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width: 1440, height: 1100 })
    await page.goto(desk.url + '/settings/spam')
    await page.locator('.things .thing button').last().waitFor()
    await page.screenshot({ path: `${process.env.LOOKS}/spam-${theme}.png` })
  }
}

runAll({ aSenderIsBlockedFromTheTicketAndTakenBack, theListIsKeptInTheSettings, quarantineSaysWhyAndLetsGo, theFilterIsSetInTheSettings, itFitsAndIsSaidInEveryLanguage })
