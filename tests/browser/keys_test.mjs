// The inbox by keys alone: walking, assigning, putting aside, solving, and taking each of it back.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const title = (page, subject) => page.locator('.conv:not([inert]) .conv-head h1', { hasText: subject }).waitFor()
const state = async (desk, page, ticket, field = 'state') => (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json[field]

async function walkingOpensOneAfterTheOther(desk) {
  const page = await atTheInbox(desk)
  for (const subject of ['Eins', 'Zwei', 'Drei']) await ticketOf(desk, page, subject)
  await counts(page.locator('.row'), 3, 'rows')
  await page.keyboard.press('j')
  await title(page, 'Drei')
  await page.keyboard.press('j')
  await title(page, 'Zwei')
  await page.keyboard.press('k')
  await title(page, 'Drei')
  await page.keyboard.press('u')
  expect(await page.evaluate(() => document.activeElement.className.includes('row')), true, 'the list has the focus')
  await page.keyboard.press('ArrowDown')
  await until('walking by arrows', () => page.evaluate(() => document.activeElement.textContent.includes('Zwei')))
}

async function aChangeIsTakenBack(desk) {
  const page = await atTheInbox(desk)
  const ticket = await ticketOf(desk, page, 'Kaputt')
  await openTicket(page, 'Kaputt')
  await page.keyboard.press('a')
  await page.keyboard.press('a')
  await page.locator('.toast', { hasText: 'Jana Petersen zugewiesen' }).waitFor()
  expect((await state(desk, page, ticket, 'assignee')).name, 'Jana Petersen')
  await page.keyboard.press('z')
  await until('taking it back', async () => await state(desk, page, ticket, 'assignee') === null)
  await page.keyboard.press('p')
  await page.getByRole('option', { name: 'Dringend' }).click()
  await page.locator('.toast', { hasText: 'Dringend' }).waitFor()
  await page.locator('.event', { hasText: 'Priorität: Normal' }).last().waitFor()
}

async function solvingMovesOnAndComesBack(desk) {
  const page = await atTheInbox(desk)
  const first = await ticketOf(desk, page, 'Zuerst')
  await ticketOf(desk, page, 'Danach')
  await page.locator('.row', { hasText: 'Zuerst' }).waitFor()
  await openTicket(page, 'Danach')
  await page.keyboard.press('e')
  await title(page, 'Zuerst')
  await counts(page.locator('.row'), 1, 'rows that are left')
  await page.keyboard.press('z')
  await title(page, 'Danach')
  await page.locator('.row', { hasText: 'Danach' }).waitFor()
  await page.goto(`${desk.url}/inbox/all/${first.id}`)
  await title(page, 'Zuerst')
  await page.keyboard.press('e')
  await until('solving', async () => await state(desk, page, first) === 'resolved')
  await page.goto(`${desk.url}/inbox/all/${first.id}`)
  await page.getByRole('button', { name: 'Wieder öffnen' }).waitFor()
  await page.keyboard.press('E')
  await until('opening again', async () => await state(desk, page, first) === 'open')
}

async function aTicketIsPutAsideUntilADay(desk) {
  const page = await atTheInbox(desk)
  const ticket = await ticketOf(desk, page, 'Später')
  await openTicket(page, 'Später')
  await page.keyboard.press('h')
  const dialog = page.getByRole('dialog', { name: 'Auf Wiedervorlage legen' })
  await dialog.getByRole('button', { name: 'In 7 Tagen' }).click()
  await dialog.getByRole('button', { name: 'Warten lassen' }).click()
  await until('waiting', async () => await state(desk, page, ticket) === 'waiting')
  const days = (Date.parse(await state(desk, page, ticket, 'waiting_until_at')) - Date.now()) / 86_400_000
  expect(days > 6 && days < 8, true, `${days} days`)
}

async function aTicketIsPutOffForOneselfAndComesBack(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Nur für mich später')
  await openTicket(page, 'Nur für mich später')
  await page.keyboard.press('h')
  const dialog = page.getByRole('dialog', { name: 'Auf Wiedervorlage legen' })
  await dialog.getByRole('radio', { name: 'Nur für mich' }).click()
  await dialog.getByLabel('Grund').fill('Lieferung abwarten')
  await dialog.getByRole('button', { name: 'In einer Stunde' }).click()
  await dialog.getByRole('button', { name: 'Zurückstellen' }).click()
  await until('the list is without it', async () => await page.locator('.row').count() === 0)
  expect(await state(desk, page, ticket), 'new', 'the ticket itself')
  await page.goto(`${desk.url}/inbox/asleep/${ticket.id}`)
  await page.locator('.tag.asleep', { hasText: 'Lieferung abwarten' }).waitFor()
  await page.getByRole('button', { name: 'Jetzt wieder zeigen' }).click()
  await until('it is awake', async () => !await state(desk, page, ticket, 'snoozed_until_at'))
  await page.getByRole('button', { name: /Rückgängig/ }).click()
  await until('it sleeps again', async () => !!await state(desk, page, ticket, 'snoozed_until_at'))
}

async function allKeysAreListedAndCanBeSwitchedOff(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Offen')
  await openTicket(page, 'Offen')
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Tasten' })
  for (const words of ['Im Vorgang', 'Wiedervorlage', 'Interne Notiz', 'Nächster Vorgang', 'Alle Tasten']) await help.getByText(words, { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('[')
  await page.locator('.inbox.no-views').waitFor()
  await page.keyboard.press(']')
  await page.locator('.inbox.no-context').waitFor()
  await page.goto(`${desk.url}/settings/profile`)
  await page.getByLabel('Einzelne Tasten').uncheck()
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.getByText('Gespeichert').waitFor()
  await page.keyboard.press('?')
  await page.waitForTimeout(300)
  expect(await page.getByRole('dialog').count(), 0, 'dialogs after switching off')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Befehle und Suche' }).waitFor()
}

async function enterReadsWhatIsSelected(desk) {
  const page = await atTheInbox(desk)
  for (const subject of ['Eins', 'Zwei', 'Drei']) await ticketOf(desk, page, subject)
  await page.locator('.row', { hasText: 'Eins' }).waitFor()
  await openTicket(page, 'Eins')
  await page.keyboard.press('k')
  await title(page, 'Zwei')
  await until('the focus on the selected row', () => page.evaluate(() => document.activeElement.textContent.includes('Zwei')))
  await page.keyboard.press('Enter')
  await until('the focus in the conversation', () => page.evaluate(() => document.activeElement.classList.contains('thread')))
  await title(page, 'Zwei')
}

async function oneTagFollowsTheOther(desk) {
  const page = await atTheInbox(desk)
  const ticket = await ticketOf(desk, page, 'Verschlagwortet')
  await openTicket(page, 'Verschlagwortet')
  await page.keyboard.press('t')
  await page.keyboard.type('garantie')
  await page.keyboard.press('Enter')
  await page.keyboard.type('eilig')
  await page.keyboard.press('Enter')
  await page.keyboard.type('nicht')
  await page.keyboard.press('Escape')
  await until('both tags', async () => (await state(desk, page, ticket, 'tags')).length === 2)
  await page.waitForTimeout(500)
  expect([await state(desk, page, ticket), (await state(desk, page, ticket, 'tags')).sort()], ['new', ['eilig', 'garantie']])
  expect(await page.getByRole('dialog').count(), 0, 'dialogs')
  await page.getByRole('button', { name: '+ Schlagwort' }).waitFor()
}

async function takingBackSaysWhatAndShowsTheRow(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Zuerst')
  const ticket = await ticketOf(desk, page, 'Danach')
  await page.locator('.row', { hasText: 'Zuerst' }).waitFor()
  await openTicket(page, 'Danach')
  await page.keyboard.press('a')
  await page.keyboard.press('a')
  await page.locator('.toast', { hasText: 'zugewiesen' }).waitFor()
  await page.keyboard.press('j')
  await title(page, 'Zuerst')
  await page.keyboard.press('R')
  await counts(page.locator('.row', { hasText: 'Danach' }), 0, 'rows of what is assigned')
  await page.keyboard.press('z')
  await page.locator('.toast', { hasText: /Zurückgenommen: Vorgang 10.00/ }).waitFor()
  await page.locator('.row', { hasText: 'Danach' }).waitFor({ timeout: 2000 })
  expect(await state(desk, page, ticket, 'assignee'), null)
  await title(page, 'Zuerst')
  await page.keyboard.press('z')
  await page.locator('.toast', { hasText: 'nichts rückgängig zu machen' }).waitFor()
}

async function aWaitingStateStandsInItsPlace(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Wartet')
  await openTicket(page, 'Wartet')
  await page.keyboard.press('h')
  await page.getByRole('dialog').getByRole('button', { name: 'Warten lassen' }).click()
  const shown = page.locator('.conv-bar .state.pending')
  await shown.waitFor()
  expect(await shown.evaluate(element => getComputedStyle(element).position), 'static')
}

runAll({ enterReadsWhatIsSelected, oneTagFollowsTheOther, takingBackSaysWhatAndShowsTheRow, aWaitingStateStandsInItsPlace, walkingOpensOneAfterTheOther, aChangeIsTakenBack, solvingMovesOnAndComesBack, aTicketIsPutAsideUntilADay, allKeysAreListedAndCanBeSwitchedOff, aTicketIsPutOffForOneselfAndComesBack })
