// What every page shows of the house: mail that fails, teams that change, an end of the session; and small ways through it.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

async function failingMailIsToldOnEveryPage(desk) {
  const page = await atTheInbox(desk)
  await page.route('**/api/v1/mail-state', route => route.fulfill({ json: { state: 'failing', waiting: 0, parked: 0, going_out: 0, without_mailbox: 0,
    troubles: [{ id: 1, name: 'Service', address: 'service@nordlicht.example', since: null, in_error: 'connection refused', out_error: null, tripped_at: null }] } }))
  await page.goto(`${desk.url}/customers`)
  const banner = page.locator('.banner.error', { hasText: 'Das Postfach Service holt oder sendet gerade keine E-Mails.' })
  await banner.getByRole('link', { name: 'Zu den Postfächern' }).click()
  await page.waitForURL(/settings\/mailboxes/)
  await counts(banner, 0, 'banners where it is mended')
  const agent = await desk.colleague('Miriam')
  await agent.goto(`${desk.url}/inbox/all`)
  await agent.locator('.list-head h1').first().waitFor()
  expect(await agent.locator('.banner.error').count(), 0, 'banners for who can mend nothing')
}

async function aNewTeamAppearsByItself(desk) {
  const page = await atTheInbox(desk)
  const other = await desk.colleague('Miriam')
  await other.locator('.views').getByText('Teams').waitFor()
  await other.waitForTimeout(400)
  const id = (await desk.api(other, 'GET', '/me')).json.id
  expect((await desk.api(page, 'POST', '/teams', { name: 'Werkstatt', members: [id] })).status, 201)
  await other.locator('.views .view', { hasText: 'Werkstatt' }).waitFor({ timeout: 5000 })
}

async function whoIsSignedOutElsewhereIsAskedToSignIn(desk) {
  const page = await atTheInbox(desk)
  const second = await desk.page({}, await desk.browser.newContext({ locale: 'de-DE' }))
  await desk.signIn(second, 'jana@theke.test', 'ein gutes Passwort')
  await page.goto(`${desk.url}/settings/profile`)
  await page.waitForTimeout(500)
  await desk.api(second, 'DELETE', '/sessions')
  await page.locator('dialog[open] input[type=password]').waitFor({ timeout: 20000 })
  expect(await page.locator('.banner.offline').count(), 0)
}

async function aTokenHasChosenRightsAndIsRevokedKnowingly(desk) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/tokens`)
  await page.getByLabel('Bezeichnung').fill('Bericht')
  await page.getByRole('radio', { name: 'Nur Ausgewähltes' }).click()
  await page.getByLabel('Vorgänge lesen').check()
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/tokens.png` })
  await page.getByRole('button', { name: 'Schlüssel anlegen' }).click()
  await page.locator('.secret li').waitFor()
  const [token] = (await desk.api(page, 'GET', '/tokens')).json.items
  expect(token.scopes, ['tickets.read'])
  await page.getByRole('button', { name: 'Widerrufen' }).click()
  const dialog = page.getByRole('dialog', { name: '„Bericht“ widerrufen?' })
  await dialog.getByRole('button', { name: 'Abbrechen' }).click()
  expect((await desk.api(page, 'GET', '/tokens')).json.items.length, 1)
  await page.getByRole('button', { name: 'Widerrufen' }).click()
  await dialog.getByRole('button', { name: 'Widerrufen' }).click()
  await page.getByText('Noch kein API-Schlüssel').waitFor()
}

async function aNumberIsCopiedWithoutHttpsToo(desk) {
  const page = await atTheInbox(desk, 'all')
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
  await ticketOf(desk, page, 'Abschreiben')
  await page.reload()
  await openTicket(page, 'Abschreiben')
  await page.locator('.conv-head .marke').click()
  await page.getByText('Nummer kopiert').waitFor()
}

async function anotherPersonAsks(desk) {
  const page = await atTheInbox(desk, 'all')
  const ticket = await ticketOf(desk, page, 'Für die Chefin')
  await openTicket(page, 'Für die Chefin')
  await page.getByRole('button', { name: 'Andere Person fragt an' }).click()
  await page.locator('.requester-new').getByRole('textbox').fill('chefin@kunde.example')
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/requester.png` })
  await page.getByRole('button', { name: 'Als anfragende Person eintragen' }).click()
  await until('the other requester', async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json.requester.email === 'chefin@kunde.example')
  await page.locator('.toast').getByRole('button').click()
  await until('the first requester', async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json.requester.email === 'ana@kunde.example')
}

async function theOwnMenuCanBeReadOnItsPage(desk) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/profile`)
  await page.locator('.rail .me').click()
  const item = page.locator('.rail .menu a[aria-current]')
  const [ink, ground] = await item.evaluate(link => [getComputedStyle(link).color, getComputedStyle(link).backgroundColor])
  const light = colour => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, each) => sum + Number(each), 0)
  expect(Math.abs(light(ink) - light(ground)) > 300, true, `${ink} on ${ground}`)
}

runAll({ failingMailIsToldOnEveryPage, aNewTeamAppearsByItself, whoIsSignedOutElsewhereIsAskedToSignIn, aTokenHasChosenRightsAndIsRevokedKnowingly,
  aNumberIsCopiedWithoutHttpsToo, anotherPersonAsks, theOwnMenuCanBeReadOnItsPage })
