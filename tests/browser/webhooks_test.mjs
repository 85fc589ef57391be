// Webhooks in the settings: made, tested, failing, looked at, sent again, and removed with the way back.
import http from 'node:http'
import { atTheInbox, counts, expect, runAll, ticketOf, until } from './desk.mjs'

process.env.THEKE_WEBHOOKS_NETWORKS = '127.0.0.1/32'

async function server() {
  const taken = []
  const one = { status: 200, taken }
  const listening = http.createServer((request, answer) => {
    let body = ''
    request.on('data', piece => { body += piece })
    request.on('end', () => { taken.push({ headers: request.headers, body: JSON.parse(body) }); answer.writeHead(one.status).end(`answer ${one.status}`) })
  })
  await new Promise(done => listening.listen(0, '127.0.0.1', done))
  one.url = `http://127.0.0.1:${listening.address().port}/hook`
  one.close = () => { listening.closeAllConnections?.(); listening.close() }
  return one
}

async function at(desk, place) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/${place}`)
  await page.locator('.settings h1').waitFor()
  return page
}

async function make(page, url) {
  await page.getByRole('button', { name: 'Neuer Webhook' }).first().click()
  const form = page.getByRole('form', { name: 'Neuer Webhook' })
  await form.getByLabel('Name', { exact: true }).fill('Shop')
  await form.getByLabel('Adresse').fill(url)
  return form
}

async function aWebhookIsMadeTestedAndLookedAt(desk) {
  const target = await server()
  const page = await at(desk, 'webhooks')
  await page.getByText('Noch kein Webhook').waitFor()
  const form = await make(page, 'https://10.0.0.1/')
  await form.getByRole('button', { name: 'Webhook anlegen' }).click()
  await form.getByText('in das Theke nichts sendet').waitFor()
  await form.getByLabel('Adresse').fill(target.url)
  await form.getByLabel('Nachrichten', { exact: true }).uncheck()
  await form.getByText(/Einzeln wählen/).first().click()
  await form.getByLabel('message.written').check()
  await form.getByRole('button', { name: 'Webhook anlegen' }).click()
  await page.getByText('Jetzt kopieren').waitFor()
  expect((await page.locator('.secret li').innerText()).startsWith('whsec_'), true)
  const made = (await desk.api(page, 'GET', '/webhooks')).json.items[0]
  expect([made.kinds, made.is_active, made.parallel], [['ticket.*', 'message.written'], true, 1])
  await page.reload()
  await page.getByText(target.url).waitFor()
  await counts(page.locator('.secret'), 0, 'secrets shown again')
  await page.getByRole('button', { name: 'Testen' }).click()
  const list = page.getByRole('region', { name: 'Zustellungen', exact: true })
  await list.getByText('webhook.tested').waitFor()
  await list.getByText('Angekommen').waitFor()
  expect(target.taken.map(each => each.body.kind), ['webhook.tested'])
  await list.getByRole('button', { name: /webhook\.tested, Ereignis/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('answer 200').waitFor()
  await dialog.getByText('"kind": "webhook.tested"').waitFor()
  target.close()
}

async function whatFailedIsSeenAndSentAgain(desk) {
  const target = await server()
  const page = await at(desk, 'webhooks')
  const form = await make(page, target.url)
  await form.getByLabel('Nachrichten', { exact: true }).uncheck()
  await form.getByRole('button', { name: 'Webhook anlegen' }).click()
  await page.locator('.thing b', { hasText: 'Shop' }).waitFor()
  target.status = 410
  await ticketOf(desk, page, 'Für den Shop')
  await page.getByText('dass es die Adresse nicht mehr gibt').waitFor()
  await page.getByText('Abgeschaltet', { exact: true }).waitFor()
  target.status = 200
  await page.getByRole('button', { name: 'Bearbeiten' }).click()
  await page.getByRole('form', { name: 'Shop' }).getByLabel('Eingeschaltet').check()
  await page.getByRole('form', { name: 'Shop' }).getByRole('button', { name: 'Speichern' }).click()
  await counts(page.getByText('Abgeschaltet', { exact: true }), 0)
  await page.getByRole('button', { name: 'Zustellungen' }).click()
  const list = page.getByRole('region', { name: 'Zustellungen', exact: true })
  await list.getByText('Fehlgeschlagen').waitFor()
  await list.getByRole('button', { name: /ticket\.opened, Ereignis/ }).click()
  await page.getByRole('dialog').getByText('answer 410').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Noch einmal senden' }).click()
  await page.getByText('1 Zustellung geht noch einmal hinaus').waitFor()
  await list.getByText('Angekommen').waitFor()
  expect(new Set(target.taken.map(each => each.headers['webhook-id'])).size, 1)
  await page.getByRole('region', { name: 'Zustellungen von Shop' }).getByRole('button', { name: 'Noch einmal senden' }).click()
  await page.getByText('Nichts davon war fehlgeschlagen').waitFor()
  await page.getByRole('button', { name: 'Löschen' }).click()
  await page.getByText('Noch kein Webhook').waitFor()
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.locator('.thing b', { hasText: 'Shop' }).waitFor()
  await page.goto(`${desk.url}/settings/audit`)
  for (const words of ['Webhook angelegt', 'Webhook von Theke abgeschaltet', 'Zustellungen eines Webhooks wiederholt', 'Löschung eines Webhooks zurückgenommen']) await page.getByText(words).first().waitFor()
  await until('it goes on', async () => (await desk.api(page, 'GET', '/webhooks')).json.items[0].is_active)
  target.close()
}

async function itFitsAndIsSaidInEveryLanguage(desk) {
  const target = await server()
  const page = await atTheInbox(desk)
  const hook = (await desk.api(page, 'POST', '/webhooks', { name: 'Warenwirtschaft', url: `${target.url}/with/a/rather/long/path/that/has/to/break/somewhere`, kinds: ['ticket.*', 'message.written'] })).json.webhook.id
  target.status = 500
  await ticketOf(desk, page, 'Für den Shop')
  await desk.api(page, 'POST', '/webhooks', { name: 'Shop', url: target.url, kinds: ['*'], is_active: false })
  await until('it has failed', async () => (await desk.api(page, 'GET', `/webhooks/${hook}/deliveries`)).json.items.some(each => each.next_at))
  const open = async () => {
    await page.goto(`${desk.url}/settings/webhooks`)
    await page.getByRole('button', { name: /^(Zustellungen|Deliveries|Kézbesítések)$/ }).first().click()
    await page.locator('.things table code').first().waitFor()
  }
  for (const locale of ['hu', 'en', 'de']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.evaluate(word => localStorage.setItem('locale', word), locale)
    await page.setViewportSize({ width: 390, height: 844 })
    await open()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `webhooks in ${locale} fit`)
    expect(/\bwebhooks\.[a-z]\w+/.test(await page.locator('.settings').innerText()), false, 'words, not keys')
    if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/webhooks-${locale}-390.png`, fullPage: true })
  }
  await page.setViewportSize({ width: 1440, height: 1000 })
  for (const theme of process.env.LOOKS ? ['light', 'dark'] : []) {
    await page.emulateMedia({ colorScheme: theme })
    await open()
    await page.screenshot({ path: `${process.env.LOOKS}/webhooks-${theme}.png` })
    await page.locator('.things table button').first().click()
    await page.getByRole('dialog').getByText('answer 500').first().waitFor()
    await page.screenshot({ path: `${process.env.LOOKS}/webhooks-delivery-${theme}.png` })
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Neuer Webhook' }).click()
    await page.getByText(/Einzeln wählen/).first().click()
    await page.screenshot({ path: `${process.env.LOOKS}/webhooks-form-${theme}.png` })
  }
  target.close()
}

runAll({ aWebhookIsMadeTestedAndLookedAt, whatFailedIsSeenAndSentAgain, itFitsAndIsSaidInEveryLanguage })
