// The pages for everybody: with script and without, alone and in a frame of another site, light and dark, on a desk and on a phone.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { atTheInbox, counts, expect, runAll, until } from './desk.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const look = (page, name) => process.env.LOOKS && page.screenshot({ path: `${process.env.LOOKS}/portal-${name}.png`, fullPage: true })

const labels = (de, en = de, hu = de) => ({ de, en, hu })
async function topicOf(desk, page, more = {}) {
  const define = async body => (await desk.api(page, 'POST', '/fields', body)).json.id
  const kind = await define({ key: 'kind', type: 'choice', labels: labels('Worum geht es?', 'What is it about?', 'Miről van szó?'), choices: [{ key: 'parcel', labels: labels('Ein Paket', 'A parcel', 'Csomag') }, { key: 'bill', labels: labels('Eine Rechnung', 'A bill', 'Számla') }] })
  const order = await define({ key: 'order', type: 'text', labels: labels('Bestellnummer', 'Order number', 'Rendelésszám') })
  const day = await define({ key: 'day', type: 'date', labels: labels('Liefertag', 'Day of delivery', 'Szállítás napja') })
  const parts = await define({ key: 'parts', type: 'multi_choice', labels: labels('Betroffene Teile', 'Parts concerned', 'Érintett részek'), choices: [{ key: 'pump', labels: labels('Pumpe', 'Pump', 'Szivattyú') }, { key: 'mill', labels: labels('Mahlwerk', 'Mill', 'Daráló') }] })
  await desk.api(page, 'PUT', `/field-rules/${order}`, { visible_if: 'field.kind:parcel', required_if: 'field.kind:parcel', required_to_close: false })
  const made = await desk.api(page, 'POST', '/request-forms', { key: 'lieferung', names: labels('Lieferung und Versand', 'Delivery', 'Szállítás'), team: 1, is_public: true, answers: { de: 'Danke, wir melden uns.' },
    fields: [[kind, true], [order, false], [day, false], [parts, false]].map(([field, required]) => ({ field, required, public: true })), ...more })
  expect(made.status, 201, JSON.stringify(made.json))
  return made.json
}

async function visitor(desk, options = {}) {
  return desk.page({}, await desk.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'de-DE', ...options }))
}

async function fill(page, subject = 'Wo bleibt es?') {
  await page.getByLabel('Ihr Name').fill('Hanna Weiß')
  await page.getByLabel('Ihre E-Mail-Adresse').fill('hanna@example.org')
  await page.getByLabel('Betreff').fill(subject)
  await page.getByLabel('Ihr Anliegen').fill('Es kommt nicht.')
}

async function aQuestionAppearsAndTheRequestArrives(desk) {
  const staff = await atTheInbox(desk)
  await topicOf(desk, staff)
  const page = await visitor(desk)
  await page.goto(desk.url + '/request')
  await page.getByRole('link', { name: 'Lieferung und Versand' }).click()
  await page.getByLabel('Worum geht es?').waitFor()
  await counts(page.getByLabel('Bestellnummer'), 0)
  await fill(page)
  await page.getByLabel('Worum geht es?').selectOption('Ein Paket')
  await page.getByLabel('Bestellnummer').fill('4711')
  await page.getByLabel('Pumpe').check()
  expect(await page.getByLabel('Bestellnummer').getAttribute('required'), '')
  await page.getByLabel('Worum geht es?').selectOption('Eine Rechnung')
  await counts(page.getByLabel('Bestellnummer'), 0)
  await page.getByLabel('Worum geht es?').selectOption('Ein Paket')
  await page.getByLabel('Bestellnummer').fill('4711')
  expect([await page.getByLabel('Pumpe').isChecked(), await page.getByLabel('Ihr Name').inputValue()], [true, 'Hanna Weiß'])
  await page.getByLabel('Dateien').setInputFiles({ name: 'foto.txt', mimeType: 'text/plain', buffer: Buffer.from('ein Foto') })
  await page.getByRole('button', { name: 'Absenden' }).click()
  await page.getByRole('heading', { name: 'Danke, Ihre Anfrage ist da' }).waitFor()
  await page.getByText('#10001').waitFor()
  await look(page, 'sent')
  const ticket = (await desk.api(staff, 'GET', '/tickets/1')).json
  expect([ticket.subject, ticket.fields, ticket.requester.email], ['Wo bleibt es?', { kind: 'parcel', order: '4711', parts: ['pump'] }, 'hanna@example.org'])
  const said = (await desk.api(staff, 'GET', '/tickets/1/messages')).json.items[0]
  expect([said.unverified, said.attachments.map(each => each.name)], [true, ['foto.txt']])
  await staff.goto(desk.url + '/inbox/all/1')
  await staff.getByText('Niemand hat bisher bestätigt').waitFor()
  await staff.getByRole('button', { name: 'Warum hier?' }).first().click()
  await staff.getByText('Sie kam über das Formular eines Anliegens').waitFor()
  await look(staff, 'ticket')
}

async function whatIsWrongIsSaidAndChosenFilesStay(desk) {
  const staff = await atTheInbox(desk)
  await desk.api(staff, 'POST', '/fields', { key: 'code', type: 'text', mask: 'AA-99', labels: { de: 'Gerätecode' } })
  await desk.api(staff, 'POST', '/request-forms', { key: 'geraet', names: { de: 'Gerät' }, team: 1, is_public: true, fields: [{ field: 1, required: true, public: true }] })
  const page = await visitor(desk)
  await page.goto(desk.url + '/request/geraet')
  await fill(page)
  await page.getByLabel('Gerätecode').fill('123')
  await page.getByLabel('Dateien').setInputFiles({ name: 'foto.txt', mimeType: 'text/plain', buffer: Buffer.from('ein Foto') })
  await page.getByRole('button', { name: 'Absenden' }).click()
  await page.getByRole('alert').waitFor()
  await until('the refusal has the focus', () => page.evaluate(() => document.activeElement?.id === 'refusal'))
  expect(await page.getByLabel('Gerätecode').getAttribute('aria-invalid'), 'true')
  expect(await page.getByLabel('Ihr Anliegen').inputValue(), 'Es kommt nicht.')
  await look(page, 'wrong')
  await page.getByLabel('Gerätecode').fill('AB-12')
  await page.getByRole('button', { name: 'Absenden' }).click()
  await page.getByText('#10001').waitFor()
  const said = (await desk.api(staff, 'GET', '/tickets/1/messages')).json.items[0]
  expect(said.attachments.map(each => each.name), ['foto.txt'])
  await page.goto(desk.url + '/request/geraet')
  await fill(page)
  await page.getByLabel('Dateien').setInputFiles({ name: 'gross.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(10 * 1024 * 1024 + 1) })
  await page.getByText('zusammen mehr als 10 MB').waitFor()
}

async function itWorksWithoutScript(desk) {
  const staff = await atTheInbox(desk)
  await topicOf(desk, staff)
  const page = await visitor(desk, { javaScriptEnabled: false })
  await page.goto(desk.url + '/request/lieferung')
  await fill(page)
  await page.getByLabel('Worum geht es?').selectOption('Ein Paket')
  await page.getByRole('button', { name: 'Passende Fragen anzeigen' }).click()
  await page.getByLabel('Bestellnummer').fill('4711')
  expect(await page.getByLabel('Ihr Anliegen').inputValue(), 'Es kommt nicht.')
  await page.getByLabel('Dateien').setInputFiles({ name: 'foto.txt', mimeType: 'text/plain', buffer: Buffer.from('ein Foto') })
  await page.getByRole('button', { name: 'Absenden' }).click()
  await page.getByText('#10001').waitFor()
  expect((await desk.api(staff, 'GET', '/tickets/1')).json.fields, { kind: 'parcel', order: '4711' })
}

async function aSiteShowsItWhenItIsNamed(desk) {
  const site = http.createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(`<!doctype html><title>x</title><iframe title="f" width="800" height="1200" src="${desk.url}/request/lieferung?embed=1&lang=de"></iframe>`))
  await new Promise(done => site.listen(0, '127.0.0.1', done))
  ;(desk.servers ??= []).push(site)
  const staff = await atTheInbox(desk), origin = `http://127.0.0.1:${site.address().port}`
  const form = await topicOf(desk, staff)
  const page = await visitor(desk)
  const blocked = page.waitForEvent('console', message => /frame-ancestors/.test(message.text()))
  await page.goto(origin)
  await blocked
  await staff.goto(desk.url + '/settings/forms')
  await staff.locator('.thing button').last().click()
  await staff.getByLabel('Websites, die das Formular einbetten dürfen').fill(origin)
  await staff.getByText('<iframe').waitFor()
  expect(await findings(staff), [], 'the settings')
  await look(staff, 'settings')
  await staff.locator('form.well').getByRole('button', { name: 'Speichern' }).click()
  await until('it is saved', async () => (await desk.api(staff, 'GET', `/request-forms/${form.id}`)).json.origins.length === 1)
  await page.goto(origin)
  const frame = page.frameLocator('iframe')
  await frame.getByLabel('Worum geht es?').selectOption('Eine Rechnung')
  await fill(frame)
  await frame.getByRole('button', { name: 'Absenden' }).click()
  await frame.getByText('#10001').waitFor()
  expect(await frame.locator('header').count(), 0)
  await look(page, 'framed')
}

async function findings(page) {
  await page.evaluate(axe)
  return page.evaluate(async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }))
    .violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.target.join(' ')}`)))
}

async function everybodyCanReadIt(desk) {
  const staff = await atTheInbox(desk)
  await topicOf(desk, staff)
  for (const colorScheme of ['light', 'dark'])
    for (const width of [1440, 390]) {
      const page = await visitor(desk, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true })
      for (const [name, at] of [['list', '/request'], ['form', '/request/lieferung'], ['hu', '/request/lieferung?lang=hu'], ['gone', '/request/nichts']]) {
        await page.goto(desk.url + at)
        await page.locator('main').waitFor()
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${name} fits ${width}`)
        expect(await findings(page), [], `${name} ${width} ${colorScheme}`)
        await look(page, `${name}-${width}-${colorScheme}`)
      }
      await page.goto(desk.url + '/request/lieferung')
      await page.evaluate(() => document.querySelectorAll('[required]').forEach(each => each.removeAttribute('required')))
      await page.getByRole('button', { name: 'Absenden' }).click()
      await page.getByRole('alert').waitFor()
      expect(await findings(page), [], `refused ${width} ${colorScheme}`)
      await look(page, `refused-${width}-${colorScheme}`)
    }
}

/** What the server refuses by itself: a page that needs no script; in the form it stands above what was filled in. */
async function aRefusalIsReadByPeople(desk) {
  const staff = await atTheInbox(desk)
  await topicOf(desk, staff)
  const titles = { 'de-DE': 'Hier ist nichts', 'en-GB': 'There is nothing here', 'hu-HU': 'Itt nincs semmi' }
  for (const [locale, title] of Object.entries(titles)) for (const colorScheme of ['light', 'dark']) for (const [size, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
    const page = await visitor(desk, { locale, colorScheme, viewport })
    expect((await page.goto(desk.url + '/request/lieferung/nichts')).status(), 404)
    await page.getByRole('heading', { name: title }).waitFor()
    expect(await findings(page), [], `${locale} ${colorScheme} ${size}`)
    expect([await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), await page.locator('script').count()], [true, 0])
    await look(page, `refused-${locale}-${colorScheme}-${size}`)
    await page.context().close()
  }
  const page = await visitor(desk)
  await page.goto(desk.url + '/request/lieferung')
  await fill(page)
  await page.getByLabel('Worum geht es?').selectOption('Eine Rechnung')
  await page.route('**/request/lieferung?*', async route => route.fulfill({ response: await page.request.delete(desk.url + '/request/lieferung', { headers: { 'Accept-Language': 'de' } }) }))
  await page.getByRole('button', { name: 'Absenden' }).click()
  await page.getByRole('alert').filter({ hasText: 'Das geht hier nicht' }).waitFor()
  expect([await page.getByLabel('Betreff').inputValue(), await page.evaluate(() => document.activeElement.id)], ['Wo bleibt es?', 'refusal'])
  await page.unroute('**/request/lieferung?*')
  await look(page, 'refused-above')
  await page.getByRole('button', { name: 'Absenden' }).click()
  await page.getByRole('heading', { name: 'Danke, Ihre Anfrage ist da' }).waitFor()
}

async function itIsLight(desk) {
  const staff = await atTheInbox(desk)
  await topicOf(desk, staff)
  const page = await visitor(desk), sizes = {}
  page.on('response', async answer => { if (!/\.woff2/.test(answer.url())) sizes[answer.url().replace(/.*\//, '')] = gzipSync(await answer.body()).length })
  await page.goto(desk.url + '/request/lieferung', { waitUntil: 'networkidle' })
  const sum = Object.values(sizes).reduce((all, each) => all + each, 0)
  expect([sum < 25_000, Object.keys(sizes).some(each => each.startsWith('index-'))], [true, false], JSON.stringify(sizes))
}

runAll({ aQuestionAppearsAndTheRequestArrives, whatIsWrongIsSaidAndChosenFilesStay, itWorksWithoutScript, aSiteShowsItWhenItIsNamed, everybodyCanReadIt, aRefusalIsReadByPeople, itIsLight })
