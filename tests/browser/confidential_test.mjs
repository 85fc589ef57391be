// Confidential teams: made in the settings, out of sight of others at once, and a move in or out is asked about first.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

async function aTeamIsClosedToWhoeverIsNoMember(desk) {
  const page = await atTheInbox(desk)
  await desk.colleague('Petra', 'manager')
  await page.goto(desk.url + '/settings/teams')
  await page.getByLabel('Name des neuen Teams').fill('Personal')
  await page.getByRole('button', { name: 'Team anlegen' }).click()
  const form = page.getByRole('form', { name: 'Personal' })
  await form.getByLabel('Vertraulich').check()
  await form.getByText('Sie sind nicht Mitglied').waitFor()
  await form.getByRole('button', { name: 'Speichern' }).click()
  await form.getByText('mindestens ein Mitglied', { exact: false }).waitFor()
  await form.getByRole('group', { name: 'Mitglieder' }).getByLabel('Petra').check()
  if (process.env.LOOKS) await looks(page, 'team')
  await form.getByRole('button', { name: 'Speichern' }).click()
  const row = page.locator('.things li', { hasText: 'Personal' })
  await row.getByText('nur Mitglieder ändern dieses Team').waitFor()
  await counts(row.getByRole('button'), 0)
  if (process.env.LOOKS) await looks(page, 'teams')
  await page.goto(desk.url + '/settings/people')
  await page.getByRole('button', { name: 'Teams von Petra' }).click()
  const box = page.getByRole('dialog').getByLabel('Personal')
  expect([await box.isChecked(), await box.isDisabled()], [true, true])
}

async function looks(page, name) {
  for (const [theme, width, height] of [['light', 1440, 1000], ['dark', 1440, 1000], ['light', 390, 844], ['dark', 390, 844]]) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width, height })
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${name} fits at ${width}`)
    await page.screenshot({ path: `${process.env.LOOKS}/${name}-${theme}-${width}.png` })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1440, height: 1000 })
}

async function aMoveThatChangesWhoSeesItIsAsked(desk) {
  const page = await atTheInbox(desk)
  const made = await desk.api(page, 'POST', '/teams', { name: 'Personal', members: [1], confidential: true })
  expect(made.status, 201)
  await desk.api(page, 'POST', '/teams', { name: 'Betriebsrat', members: [await other(desk, page)], confidential: true })
  await ticketOf(desk, page, 'Gehalt', { team: 'personal' })
  await page.reload()
  await openTicket(page, 'Gehalt')
  const bar = page.locator('.conv-bar')
  await bar.getByRole('img', { name: 'Vertraulich' }).waitFor()
  const move = async team => {
    await bar.getByRole('button', { name: 'Team: ' }).click()
    await bar.getByRole('option', { name: team }).click()
    return page.getByRole('dialog')
  }
  let dialog = await move('Support')
  await dialog.getByText('Bisher sehen nur die Mitglieder').waitFor()
  if (process.env.LOOKS) await looks(page, 'move')
  await dialog.getByRole('button', { name: 'Abbrechen' }).click()
  expect((await desk.api(page, 'GET', '/tickets/1')).json.team.name, 'Personal')
  dialog = await move('Support')
  await dialog.getByRole('button', { name: 'Abgeben' }).click()
  await until('it is moved', async () => (await desk.api(page, 'GET', '/tickets/1')).json.team.name === 'Support')
  await counts(bar.getByRole('img', { name: 'Vertraulich' }), 0)
  dialog = await move('Betriebsrat')
  await dialog.getByText('sehen den Vorgang danach nicht mehr').waitFor()
  await dialog.getByRole('button', { name: 'Abgeben' }).click()
  await until('it is out of sight', async () => (await desk.api(page, 'GET', '/tickets/1')).status === 404)
}

async function other(desk, page) {
  await desk.colleague('Petra', 'manager')
  return (await desk.api(page, 'GET', '/staff')).json.items.find(each => each.name === 'Petra').id
}

runAll({ aTeamIsClosedToWhoeverIsNoMember, aMoveThatChangesWhoSeesItIsAsked })
