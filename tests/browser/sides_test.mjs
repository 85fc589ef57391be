// A supplier is asked beside the customer's thread; the answer is unread until it is opened.
import { atTheInbox, counts, expect, MailServer, openTicket, runAll, ticketOf, until } from './desk.mjs'

const SHOTS = process.env.SHOTS

async function anAgentAsksTheSupplier(desk) {
  const page = await atTheInbox(desk)
  const server = await new MailServer().open(desk)
  const mailbox = { name: 'Support', address: 'support@theke.test', inbound: { kind: 'lmtp' }, outbound: { host: '127.0.0.1', port: server.port, security: 'none' } }
  expect((await desk.api(page, 'POST', '/mailboxes', mailbox)).status, 201)
  const ticket = await ticketOf(desk, page, 'Kessel kommt nicht')
  const photo = await page.evaluate(async id => {
    const headers = { 'Content-Type': 'text/plain', 'X-File-Name': 'lieferschein.txt', 'X-Theke-Request': '1' }
    const upload = await (await fetch('/api/v1/uploads', { method: 'POST', body: 'Lieferschein', headers })).json()
    const body = JSON.stringify({ audience: 'internal', text: 'Der Lieferschein', attachments: [upload.id] })
    return (await fetch(`/api/v1/tickets/${id}/messages`, { method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/json' } })).status
  }, ticket.id)
  expect(photo, 201)
  await openTicket(page, 'Kessel kommt nicht')
  const part = page.locator('.context .sect', { has: page.getByRole('heading', { name: 'Nebenunterhaltungen' }) })
  await part.getByRole('button', { name: 'Nebenunterhaltung beginnen' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Betreff').fill('Wo bleibt Bestellung 4711?')
  await dialog.getByLabel('An', { exact: true }).fill('ana@kunde.example')
  await dialog.getByLabel('Nachricht').fill('Guten Tag, wann kommt der Kessel?')
  await dialog.getByLabel('lieferschein.txt').check()
  await dialog.getByRole('button', { name: 'Senden' }).click()
  await dialog.getByText('Diese Person liest beim Kunden mit').waitFor()
  await dialog.getByLabel('An', { exact: true }).fill('till@werk.example')
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/side-new.png` })
  await dialog.getByRole('button', { name: 'Senden' }).click()
  await dialog.locator('.msg', { hasText: 'wann kommt der Kessel?' }).getByText('lieferschein.txt').waitFor()
  await dialog.getByRole('button', { name: 'Zurückholen' }).click()
  await dialog.locator('.msg').waitFor({ state: 'detached' })
  expect(await dialog.getByLabel('Nachricht').inputValue(), 'Guten Tag, wann kommt der Kessel?')
  expect(await dialog.getByLabel('lieferschein.txt').isChecked(), true)
  await dialog.getByRole('button', { name: 'Senden' }).click()
  await dialog.locator('.msg', { hasText: 'wann kommt der Kessel?' }).waitFor()
  await dialog.locator('.msg').getByText('Gesendet').waitFor({ timeout: 20000 })
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  const [letter] = await until('the letter', () => server.letters.length && server.letters)
  const home = /^Reply-To:.*<([^>]+)>/m.exec(letter.replace(/\n\s+/g, ' '))[1], id = /^Message-ID:\s*(\S+)/mi.exec(letter)[1]
  await desk.deliver(`From: Till Werk <till@werk.example>\nTo: ${home}\nSubject: Re: Wo bleibt Bestellung 4711?\nMessage-ID: <a1@werk.example>\nIn-Reply-To: ${id}\nReferences: ${id}\nContent-Type: text/plain; charset=utf-8\n\nAm Freitag kommt er.\n`, home)
  const one = part.locator('.one', { hasText: 'Wo bleibt Bestellung 4711?' })
  await one.getByText('Beantwortet').waitFor()
  await one.getByRole('img', { name: 'Ungelesen' }).waitFor()
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/side-part.png` })
  await page.locator('.conv .aside', { hasText: 'Am Freitag kommt er.' }).click()
  await dialog.locator('.msg', { hasText: 'Am Freitag kommt er.' }).waitFor()
  expect(await dialog.getByLabel('An', { exact: true }).inputValue(), 'till@werk.example')
  if (SHOTS) for (const [name, scheme, width] of [['light', 'light', 1440], ['dark', 'dark', 1440], ['phone', 'light', 390], ['phone-dark', 'dark', 390]]) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: `${SHOTS}/side-${name}.png` })
  }
  if (SHOTS) { await page.emulateMedia({ colorScheme: 'light' }); await page.setViewportSize({ width: 1440, height: 900 }) }
  await dialog.getByRole('button', { name: 'Erledigt' }).click()
  await dialog.getByRole('button', { name: 'Wieder öffnen' }).waitFor()
  await page.keyboard.press('Escape')
  await one.getByText('Erledigt').waitFor()
  await counts(one.getByRole('img', { name: 'Ungelesen' }), 0, 'unread marks')
  await counts(page.locator('.conv .msg', { hasText: 'Freitag' }), 0, 'messages of the side conversation among the customer’s')
  await page.locator('.conv').getByText('hat die Nebenunterhaltung erledigt').waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('lieferant')
  await page.getByRole('option', { name: 'Nebenunterhaltung beginnen' }).first().click()
  await dialog.getByRole('heading', { name: 'Nebenunterhaltung beginnen' }).waitFor()
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}/participants`)).json.items.length, 1)
}

runAll({ anAgentAsksTheSupplier })
