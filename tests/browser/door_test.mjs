// Coming in: the first start, signing in, and the links that mail brings.
import { counts, expect, runAll } from './desk.mjs'

async function theFirstStartLeadsToTheInbox(desk) {
  const page = await desk.page()
  await page.goto(desk.url)
  await page.waitForURL(/setup/)
  await page.getByLabel('Einrichtungsschlüssel').waitFor()
  await desk.setUp(page)
  await page.waitForURL(/welcome/)
  await page.getByText('Nordlicht Kaffeetechnik').waitFor()
  await counts(page.locator('.stp.done'), 1, 'steps done')
  await page.getByRole('link', { name: 'Postfächer' }).click()
  await page.getByText('Noch kein Postfach').waitFor()
  await page.goto(`${desk.url}/welcome`)
  await page.getByRole('link', { name: 'Zum Posteingang' }).click()
  await page.getByText('Hier wartet niemand').waitFor()
}

async function whoSignsInReturnsToWhereTheyWere(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await page.context().clearCookies()
  await page.goto(`${desk.url}/settings/teams`)
  await page.waitForURL(/sign-in/)
  await page.locator('[name=email]').fill('jana@theke.test')
  await page.locator('[name=password]').fill('falsch geraten')
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.getByText('E-Mail-Adresse oder Passwort stimmt nicht.').waitFor()
  await page.locator('[name=password]').fill('ein gutes Passwort')
  await page.keyboard.press('Enter')
  await page.waitForURL(/settings\/teams/)
}

async function linksThatHaveEndedSaySo(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await page.context().clearCookies()
  await page.goto(`${desk.url}/reset#gone`)
  await page.getByLabel('Neues Passwort').fill('ein ganz neues Passwort')
  await page.getByRole('button', { name: 'Passwort speichern' }).click()
  await page.getByRole('alert').waitFor()
  await page.goto(`${desk.url}/invitation#gone`)
  await page.getByRole('alert').waitFor()
  await page.goto(`${desk.url}/forgot`)
  await page.getByLabel('E-Mail-Adresse').fill('jana@theke.test')
  await page.getByRole('button', { name: 'Link senden' }).click()
  await page.getByText('ist der Link unterwegs').waitFor()
  await page.getByRole('button', { name: 'Magyar' }).click()
  await page.getByRole('heading', { name: 'Jelszó' }).waitFor()
}

async function nothingIsShownBeforeTheServerHasAnswered(desk) {
  const page = await desk.page()
  let answer
  const held = new Promise(resolve => { answer = resolve })
  await page.route('**/api/v1/session', async route => { await held; await route.continue() })
  await page.goto(desk.url)
  await page.waitForTimeout(400)
  expect(await page.locator('h1').count(), 0)
  answer()
  await page.locator('main h1').waitFor()
}

async function aServerThatIsAwayIsAskedAgain(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await page.context().clearCookies()
  await page.route('**/api/v1/session', route => route.abort())
  await page.goto(`${desk.url}/settings/teams?x=1`)
  await page.locator('main h1').waitFor()
  await page.unroute('**/api/v1/session')
  await page.getByRole('button', { name: 'Erneut versuchen' }).click()
  await page.waitForURL(/sign-in\?next=\/settings\/teams\?x=1/)
  await page.getByRole('button', { name: 'Anmelden' }).waitFor()
}

runAll({ nothingIsShownBeforeTheServerHasAnswered, aServerThatIsAwayIsAskedAgain, theFirstStartLeadsToTheInbox, whoSignsInReturnsToWhereTheyWere, linksThatHaveEndedSaySo })
