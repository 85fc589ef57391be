// The settings: what roles may, the second factor, devices, teams and people, and the record of it all.
import { createHmac } from 'node:crypto'
import { atTheInbox, counts, expect, runAll, until } from './desk.mjs'

function codeOf(secret, ahead = 0) {
  const bits = [...secret].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead))
  const hash = createHmac('sha1', key).update(step).digest()
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0')
}

async function at(desk, place) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/${place}`)
  await page.locator('.settings h1').waitFor()
  return page
}

async function aRoleGetsAndLosesARight(desk) {
  const page = await at(desk, 'roles')
  const box = page.getByRole('switch', { name: 'Kundenservice: Teams anlegen und ändern' })
  await box.check()
  await until('allowing', async () => (await desk.api(page, 'GET', '/roles')).json.items[2].permissions['teams.manage'] === 'all')
  await page.getByLabel('Kundenservice: Vorgänge lesen').selectOption({ label: 'Eigene' })
  await page.locator('.toast', { hasText: 'Vorgänge lesen' }).waitFor()
  expect((await desk.api(page, 'GET', '/roles')).json.items[2].permissions['tickets.read'], 'own')
  await page.locator('.toast').getByRole('button', { name: /Rückgängig/ }).click()
  await until('taking back', async () => (await desk.api(page, 'GET', '/roles')).json.items[2].permissions['tickets.read'] === 'team')
  expect(await page.getByRole('switch', { name: 'Verwaltung: Teams anlegen und ändern' }).isDisabled(), true, 'administrators may everything')
  await page.goto(`${desk.url}/settings/audit`)
  await page.getByText('Kundenservice, Vorgänge lesen: Eigene → Der eigenen Teams').waitFor()
  await page.getByText('Teams anlegen und ändern: Nein → Alle').waitFor()
}

async function aSecondFactorIsSetUpAndAskedFor(desk) {
  const page = await at(desk, 'security')
  await page.getByRole('button', { name: 'Einrichten' }).click()
  await page.getByRole('img', { name: /QR-Code/ }).waitFor()
  const secret = (await page.locator('.totp code').innerText()).replace(/\s/g, '')
  await page.getByLabel('Bestätigungscode').fill('000000')
  await page.getByRole('button', { name: 'Bestätigen' }).click()
  await page.getByText('Der Bestätigungscode stimmt nicht.').first().waitFor()
  await page.getByLabel('Bestätigungscode').fill(codeOf(secret, -1))
  await page.getByRole('button', { name: 'Bestätigen' }).click()
  await page.locator('.secret li').first().waitFor()
  const recovery = await page.locator('.secret li').first().innerText()
  await page.getByRole('button', { name: /^Konto von/ }).first().click()
  await page.getByRole('menuitem', { name: 'Abmelden' }).click()
  await page.locator('[name=email]').fill('jana@theke.test')
  await page.locator('[name=password]').fill('ein gutes Passwort')
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.getByLabel('Bestätigungscode').fill(recovery)
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.waitForURL(/inbox/)
  await page.goto(`${desk.url}/settings/security`)
  await page.getByRole('button', { name: 'Abschalten' }).click()
  await page.locator('.panel', { hasText: 'Zweiter Faktor' }).getByLabel('Jetziges Passwort').fill('ein gutes Passwort')
  await page.getByRole('button', { name: 'Abschalten' }).click()
  await page.getByText('nur das Passwort verlangt').waitFor()
}

async function anotherDeviceIsSignedOut(desk) {
  const page = await at(desk, 'security')
  const other = await desk.page({}, await desk.browser.newContext({ locale: 'de-DE' }))
  await desk.signIn(other, 'jana@theke.test', 'ein gutes Passwort')
  await page.reload()
  await page.getByText('dieses Gerät').waitFor()
  await counts(page.locator('.panel .things li'), 2, 'devices')
  await page.getByRole('button', { name: 'Alle anderen Geräte abmelden' }).click()
  await page.getByText('Alle anderen Geräte sind abgemeldet').waitFor()
  await counts(page.locator('.panel .things li'), 1, 'devices that are left')
  await other.goto(`${desk.url}/inbox/mine`)
  await other.waitForURL(/sign-in/)
}

async function aTeamIsMadeAndSomebodyInvited(desk) {
  const page = await at(desk, 'teams')
  await page.getByLabel('Name des neuen Teams').fill('Retouren')
  await page.getByRole('button', { name: 'Team anlegen' }).click()
  const form = page.getByRole('form', { name: 'Retouren' })
  await form.getByLabel('Jana Petersen').check()
  await form.getByRole('button', { name: 'Speichern' }).click()
  await page.locator('.thing', { hasText: 'Retouren' }).getByText('1 Mitglied').waitFor()
  await page.getByLabel('Name des neuen Teams').fill('Retouren')
  await page.getByRole('button', { name: 'Team anlegen' }).click()
  await page.getByText('Das ist schon vergeben.').waitFor()
  await page.goto(`${desk.url}/settings/people`)
  await page.getByLabel('Name', { exact: true }).fill('Lea Sommer')
  await page.getByLabel('E-Mail-Adresse').fill('lea@theke.test')
  await page.getByRole('button', { name: 'Einladen' }).click()
  const invitation = page.locator('.invitations li', { hasText: 'Lea Sommer' })
  await invitation.getByText('Kein Postfach kann senden').waitFor()
  expect(await page.locator('.toast', { hasText: 'gesendet' }).count(), 0, 'a promise that nothing keeps')
  await invitation.getByRole('button', { name: 'Link kopieren' }).click()
  const link = await invitation.locator('.secret li').innerText()
  const guest = await desk.page({}, await desk.browser.newContext({ locale: 'de-DE' }))
  await guest.goto(link)
  await guest.getByText('lea@theke.test').waitFor()
  await invitation.getByRole('button', { name: 'Zurückziehen' }).click()
  await counts(invitation, 0, 'invitations')
  await page.locator('.toast').getByRole('button', { name: /Rückgängig/ }).click()
  await invitation.waitFor()
  await page.locator('tr', { hasText: 'Lea Sommer' }).getByText('Eingeladen').waitFor()
}

async function aTokenShowsOnce(desk) {
  const page = await at(desk, 'tokens')
  await page.getByLabel('Bezeichnung').fill('Auswertung')
  await page.getByRole('button', { name: 'Schlüssel anlegen' }).click()
  const token = await page.locator('.secret li').innerText()
  const answer = await fetch(`${desk.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })
  expect(answer.status, 200)
  await page.reload()
  await page.getByText('Auswertung').waitFor()
  expect(await page.locator('.secret').count(), 0, 'tokens shown later')
}

async function aNewLanguageIsSpokenAtOnce(desk) {
  const page = await at(desk, 'profile')
  await page.getByLabel('Sprache', { exact: true }).selectOption('en')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.locator('.toast', { hasText: 'Saved' }).waitFor()
  await page.getByRole('heading', { name: 'Profile' }).waitFor()
  await page.getByRole('button', { name: /^Account of/ }).first().click()
  await page.getByRole('menuitem', { name: 'First steps' }).click()
  await page.waitForURL(/welcome/)
}

runAll({ aNewLanguageIsSpokenAtOnce, aRoleGetsAndLosesARight, aSecondFactorIsSetUpAndAskedFor, anotherDeviceIsSignedOut, aTeamIsMadeAndSomebodyInvited, aTokenShowsOnce })
