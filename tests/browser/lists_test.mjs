// Lists: what belongs to them, what leaves them and when, and coming back to where one was.
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const row = (page, subject) => page.locator('.row', { hasText: subject })
const inDays = days => new Date(Date.now() + days * 86400_000).toISOString()

async function whatWaitsLeavesTheWorkUntilItsDay(desk) {
  const page = await atTheInbox(desk)
  const late = await ticketOf(desk, page, 'Kommt spät wieder'), soon = await ticketOf(desk, page, 'Kommt bald wieder')
  await ticketOf(desk, page, 'Jetzt zu tun')
  await row(page, 'Jetzt zu tun').waitFor()
  for (const [ticket, days] of [[late, 9], [soon, 2]])
    expect((await desk.api(page, 'PATCH', `/tickets/${ticket.id}`, { state: 'waiting', waiting_reason: 'date', waiting_until: inDays(days) })).status, 200)
  await counts(page.locator('.row'), 1, 'rows of work')
  await page.locator('.views .view', { hasText: 'Nicht zugewiesen' }).getByText('1').waitFor()
  await page.getByRole('navigation', { name: 'Ansichten' }).getByRole('link', { name: 'Wiedervorlage' }).click()
  await counts(page.locator('.row'), 2, 'rows that come back')
  expect(await page.locator('.row .subj').allInnerTexts(), ['Kommt bald wieder', 'Kommt spät wieder'])
  expect(await page.locator('.row time').first().getAttribute('datetime'), (await desk.api(page, 'GET', `/tickets/${soon.id}`)).json.waiting_until_at)
}

async function aRowThatLeftStaysUntilOneMovesOn(desk) {
  const page = await atTheInbox(desk)
  for (const subject of ['Unten', 'Mitte', 'Oben']) await ticketOf(desk, page, subject)
  await row(page, 'Unten').waitFor()
  await openTicket(page, 'Mitte')
  await page.keyboard.press('a')
  await page.keyboard.press('a')
  await page.locator('.row.settled', { hasText: 'Mitte' }).waitFor()
  await page.waitForTimeout(3500)
  expect(await page.locator('.row .subj').allInnerTexts(), ['Oben', 'Mitte', 'Unten'], 'rows while the ticket is open')
  await page.keyboard.press('j')
  await page.locator('.conv:not([inert]) .conv-head h1', { hasText: 'Unten' }).waitFor()
  await counts(page.locator('.row'), 2, 'rows after moving on')
}

async function comingBackFindsTheListWhereItWas(desk) {
  const page = await atTheInbox(desk, 'all')
  for (let number = 0; number < 40; number++) await ticketOf(desk, page, `Vorgang ${number}`)
  await page.reload()
  await row(page, 'Vorgang 39').waitFor()
  const pane = page.locator('.list > .scroll')
  await pane.evaluate(box => { box.scrollTop = 1500 })
  await row(page, 'Vorgang 20').click()
  await page.locator('.conv-head h1', { hasText: 'Vorgang 20' }).waitFor()
  await page.waitForTimeout(300)
  const top = await pane.evaluate(box => box.scrollTop)
  await page.goto(`${desk.url}/customers`)
  await page.goBack()
  await page.locator('.row[aria-selected=true]', { hasText: 'Vorgang 20' }).waitFor()
  await until('scrolling back', async () => Math.abs(await pane.evaluate(box => box.scrollTop) - top) < 5)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('button', { name: 'Zurück zur Liste' }).click()
  await pane.evaluate(box => { box.scrollTop = 900 })
  await row(page, 'Vorgang 28').click()
  await page.locator('.conv-head h1', { hasText: 'Vorgang 28' }).waitFor()
  await page.goBack()
  await row(page, 'Vorgang 28').waitFor()
  expect(await pane.evaluate(box => Math.abs(box.scrollTop - 900) < 90), true, 'the place in the list on a phone')
}

async function theHitsStayTheList(desk) {
  const page = await atTheInbox(desk)
  for (const subject of ['Mühle klemmt', 'Mühle mahlt nicht', 'Rechnung fehlt']) await ticketOf(desk, page, subject)
  await page.goto(`${desk.url}/search?q=muhle`)
  await page.locator('.found .t', { hasText: 'Mühle klemmt' }).click()
  await page.locator('.conv-head h1', { hasText: 'Mühle klemmt' }).waitFor()
  await page.getByRole('heading', { name: 'Treffer für „muhle“' }).waitFor()
  await counts(page.locator('.row'), 2, 'hits beside the ticket')
  await page.keyboard.press('k')
  await page.locator('.conv-head h1', { hasText: 'Mühle mahlt nicht' }).waitFor()
  expect(await page.evaluate(() => new URLSearchParams(location.search).get('q')), 'muhle')
}

async function whoWalksPastATicketHasNotReadIt(desk) {
  const page = await atTheInbox(desk)
  for (const subject of ['Drittes', 'Zweites', 'Erstes']) await ticketOf(desk, page, subject)
  await page.waitForTimeout(400)
  await row(page, 'Drittes').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.locator('.conv:not([inert]) .conv-head h1', { hasText: 'Drittes' }).waitFor()
  await until('reading the last', async () => !(await row(page, 'Drittes').getAttribute('class')).includes('unread'))
  expect(await page.locator('.row.unread .subj').allInnerTexts(), ['Erstes', 'Zweites'])
}

runAll({ whatWaitsLeavesTheWorkUntilItsDay, aRowThatLeftStaysUntilOneMovesOn, comingBackFindsTheListWhereItWas, theHitsStayTheList, whoWalksPastATicketHasNotReadIt })
