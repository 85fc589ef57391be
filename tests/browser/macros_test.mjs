// Macros: made in the settings, shown and run in a ticket by keys alone, and taken back.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const macro = (desk, page, name, actions, more = {}) => desk.api(page, 'POST', '/macros', { name, actions, scope: 'global', ...more }).then(made => { expect(made.status, 201, name); return made.json })

async function aMacroIsShownRunAndTakenBack(desk) {
  const page = await atTheInbox(desk, 'all')
  const reply = await desk.api(page, 'POST', '/replies', { name: 'Ende', scope: 'global', texts: { de: '<p>Alles Gute, {{customer.first_name}}.</p>' } })
  await macro(desk, page, 'Freundlich schließen', [{ kind: 'reply', reply: reply.json.id }, { kind: 'state', state: 'resolved' }, { kind: 'priority', priority: 'high' }, { kind: 'note', html: '<p>Erledigt</p>' }])
  await macro(desk, page, 'Nur dringende', [{ kind: 'add_tags', tags: ['eilt'] }], { condition: 'priority:urgent' })
  await macro(desk, page, 'Mir nehmen', [{ kind: 'assignee', assignee: 'me' }])
  const ticket = await ticketOf(desk, page, 'Mühle mahlt nicht')
  await openTicket(page, 'Mühle mahlt nicht')
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog')
  await counts(dialog.getByRole('option'), 2, 'macros')
  await dialog.locator('.would', { hasText: 'Gelöst' }).waitFor()
  expect(/Alles Gute, Ana\./.test(await dialog.locator('.would').innerText()), true)
  await page.keyboard.press('ArrowDown')
  await dialog.locator('.would', { hasText: 'Jana Petersen' }).waitFor()
  await page.keyboard.type('freund')
  await dialog.locator('.would', { hasText: 'Alles Gute' }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.thread', { hasText: 'Alles Gute, Ana.' }).waitFor()
  await page.locator('.conv-bar', { hasText: 'Hoch' }).waitFor()
  const seen = async () => { const { state, priority } = (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json; return [state, priority] }
  expect(await seen(), ['resolved', 'high'])
  await page.locator('.toast').getByRole('button', { name: 'Rückgängig' }).click()
  await until('the way back', async () => JSON.stringify(await seen()) === '["new","normal"]')
  await page.locator('.toast', { hasText: 'Die Notiz bleibt stehen' }).waitFor()
}

async function aMacroWithAHoleDoesNotRun(desk) {
  const page = await atTheInbox(desk, 'all')
  const reply = await desk.api(page, 'POST', '/replies', { name: 'Firma', texts: { de: '<p>{{customer.company}}</p>' } })
  await macro(desk, page, 'Firma', [{ kind: 'reply', reply: reply.json.id }])
  await ticketOf(desk, page, 'Mühle mahlt nicht')
  await openTicket(page, 'Mühle mahlt nicht')
  await page.getByRole('button', { name: 'Makros' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Für customer.company gibt es keinen Wert').waitFor()
  expect(await dialog.getByRole('button', { name: 'Ausführen' }).isDisabled(), true)
}

async function macrosAreMadeInTheSettings(desk) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/macros`)
  await page.getByRole('button', { name: 'Neues Makro' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Zurücklegen')
  await page.getByLabel('Für wen').selectOption('global')
  await page.getByLabel('Aktion').selectOption('snooze')
  await page.getByLabel('Tage').fill('3')
  await page.getByRole('button', { name: 'Weitere Aktion' }).click()
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.getByText('Das wird gebraucht').waitFor()
  await page.getByLabel('Schlagwörter hinzufügen', { exact: true }).fill('später ')
  await page.getByLabel('Nur anbieten, wenn').fill('staet:x')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.locator('.field .err').waitFor()
  await page.getByLabel('Nur anbieten, wenn').fill('prio:hoch')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.locator('.thing', { hasText: 'Auf Wiedervorlage legen: in 3 Tagen · Schlagwörter hinzufügen: später' }).waitFor()
  await page.locator('.thing', { hasText: 'priority:high' }).waitFor()
  await page.getByRole('button', { name: 'Duplizieren' }).click()
  await page.getByRole('button', { name: 'Speichern' }).click()
  await counts(page.locator('.thing'), 2, 'macros')
  await page.locator('.thing', { hasText: 'Kopie' }).getByRole('button', { name: 'Löschen' }).click()
  await counts(page.locator('.thing'), 1, 'macros')
  await page.locator('.toast').getByRole('button', { name: 'Rückgängig' }).click()
  await counts(page.locator('.thing'), 2, 'macros')
}

runAll({ aMacroIsShownRunAndTakenBack, aMacroWithAHoleDoesNotRun, macrosAreMadeInTheSettings })
