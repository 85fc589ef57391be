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
    await page.locator('main button.primary, .settings button.primary').first().click()
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

runAll({ aSenderIsBlockedFromTheTicketAndTakenBack, theListIsKeptInTheSettings, itFitsAndIsSaidInEveryLanguage })
