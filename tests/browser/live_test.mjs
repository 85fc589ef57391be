// Several people at once: changes appear by themselves, nothing moves under the pointer, a lost connection misses nothing.
import { atTheInbox, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

async function aColleaguesChangeAppearsWithinASecond(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Gemeinsam')
  await openTicket(page, 'Gemeinsam')
  const other = await desk.colleague('Miriam', 'manager')
  await page.waitForTimeout(300)
  const started = Date.now()
  expect((await desk.api(other, 'PATCH', `/tickets/${ticket.id}`, { priority: 'urgent' })).status, 200)
  await page.locator('.conv-bar', { hasText: 'Dringend' }).waitFor({ timeout: 5000 })
  const took = Date.now() - started
  if (took > 1500) throw new Error(`the change took ${took} ms to appear`)
  await page.locator('.event', { hasText: 'Miriam' }).waitFor()
}

async function newTicketsGatherWithoutMovingARow(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Alt')
  const row = page.locator('.row', { hasText: 'Alt' })
  await row.waitFor()
  const before = await row.boundingBox()
  await page.mouse.move(before.x + 50, before.y + 10)
  await ticketOf(desk, page, 'Frisch')
  await page.mouse.move(before.x + 52, before.y + 12)
  await page.getByRole('button', { name: '1 neuer Vorgang' }).waitFor({ timeout: 2000 })
  expect(await page.locator('.row').count(), 1, 'rows while somebody points at the list')
  await page.locator('.row', { hasText: 'Frisch' }).waitFor({ timeout: 6000 })
  expect(await page.getByRole('button', { name: '1 neuer Vorgang' }).count(), 0, 'the line once the list is idle')
}

async function aLostConnectionShowsAndMissesNothing(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Bleibt')
  await openTicket(page, 'Bleibt')
  await page.waitForTimeout(300)
  await desk.kill()
  await page.getByText('Keine Verbindung').waitFor({ timeout: 10000 })
  await page.locator('.conv-head h1', { hasText: 'Bleibt' }).waitFor()
  await desk.restart()
  const other = await desk.colleague('Miriam', 'manager')
  expect((await desk.api(other, 'POST', `/tickets/${ticket.id}/messages`, { audience: 'internal', text: 'Während der Pause' })).status, 201)
  await ticketOf(desk, other, 'Kam dazwischen')
  await page.getByText('Keine Verbindung').waitFor({ state: 'detached', timeout: 30000 })
  await page.locator('.msg', { hasText: 'Während der Pause' }).waitFor({ timeout: 5000 })
  await page.locator('.row, .newer').filter({ hasText: /Kam dazwischen|neuer Vorgang/ }).first().waitFor({ timeout: 5000 })
}

// Two change the same ticket at the same moment: the second hears of it and decides.
async function whoIsLateSeesWhatChanged(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Umkämpft')
  await openTicket(page, 'Umkämpft')
  const other = await desk.colleague('Miriam', 'manager')
  await page.waitForTimeout(500)
  await page.context().route(`**/api/v1/tickets/${ticket.id}`, async route => {
    if (route.request().method() === 'PATCH') await desk.api(other, 'PATCH', `/tickets/${ticket.id}`, { priority: 'high' })
    await route.continue()
  }, { times: 1 })
  await page.keyboard.press('a')
  await page.keyboard.press('a')
  const strip = page.locator('.banner.late')
  await strip.getByText('Miriam war schneller.').waitFor()
  await strip.getByText('Priorität: Normal → Hoch').waitFor()
  await strip.getByRole('button', { name: 'Trotzdem ändern' }).click()
  await until('changing anyway', async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json.assignee?.name === 'Jana Petersen')
  expect((await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json.priority, 'high', 'the other change')
}

async function whoWritesHearsOfAnAnswerMeanwhile(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Doppelt')
  await openTicket(page, 'Doppelt')
  const other = await desk.colleague('Miriam', 'manager')
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Ich kümmere mich.')
  expect((await desk.api(other, 'POST', `/tickets/${ticket.id}/messages`, { audience: 'public', text: 'Schon erledigt.' })).status, 201)
  await page.locator('.news').getByText('Miriam hat geantwortet: Schon erledigt.').waitFor()
  expect(await page.getByRole('button', { name: /^Senden/ }).isDisabled(), true, 'sending has to wait')
  await page.getByRole('button', { name: 'Als Notiz behalten' }).click()
  await page.getByRole('button', { name: 'Notiz speichern' }).click()
  await page.locator('.msg.note', { hasText: 'Ich kümmere mich.' }).waitFor()
}

async function colleaguesSeeWhoIsThereAndWhoWrites(desk) {
  const page = await atTheInbox(desk, 'open')
  await ticketOf(desk, page, 'Zu zweit')
  await openTicket(page, 'Zu zweit')
  const other = await desk.colleague('Miriam', 'manager')
  await other.goto(`${desk.url}/inbox/open`)
  await openTicket(other, 'Zu zweit')
  await page.getByRole('status').filter({ hasText: 'Miriam sieht den Vorgang an.' }).waitFor()
  await other.keyboard.press('r')
  await other.locator('[contenteditable=true]:focus').waitFor()
  await other.keyboard.type('Ich bin dran')
  await page.locator('.writes', { hasText: 'Miriam schreibt gerade eine Antwort.' }).waitFor()
  await other.close()
  await until('she is gone', async () => await page.locator('.present').count() === 0)
}

async function anAnswerIsHeldBackUntilWhatChangedWasSeen(desk) {
  const page = await atTheInbox(desk, 'open')
  const ticket = await ticketOf(desk, page, 'Überholt')
  await openTicket(page, 'Überholt')
  const other = await desk.colleague('Miriam', 'manager')
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Das dauert noch.')
  expect((await desk.api(other, 'PATCH', `/tickets/${ticket.id}`, { state: 'resolved' })).status, 200)
  await page.locator('.state.solved').waitFor()
  await page.keyboard.press('Control+Enter')
  await page.locator('.news').getByText('Gelöst').waitFor()
  const texts = async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}/messages`)).json.items.map(each => each.text)
  expect((await texts()).includes('Das dauert noch.'), false, 'it was held back')
  await page.getByRole('button', { name: 'Trotzdem senden' }).click()
  await until('sending anyway', async () => (await texts()).includes('Das dauert noch.'))
}

/** The connection is held back until the list has been read and something new has come. */
async function whatComesWhileTheScreenOpensIsNotMissed(desk) {
  const page = await atTheInbox(desk)
  let open
  const opened = new Promise(done => { open = done })
  await page.routeWebSocket(/\/api\/v1\/live/, async route => { await opened; route.connectToServer() })
  await page.reload()
  await page.locator('.empty').first().waitFor()
  await ticketOf(desk, page, 'Dazwischen')
  open()
  await page.locator('.row', { hasText: 'Dazwischen' }).waitFor()
}

runAll({ whatComesWhileTheScreenOpensIsNotMissed, aColleaguesChangeAppearsWithinASecond, newTicketsGatherWithoutMovingARow, aLostConnectionShowsAndMissesNothing, whoIsLateSeesWhatChanged, whoWritesHearsOfAnAnswerMeanwhile,
  colleaguesSeeWhoIsThereAndWhoWrites, anAnswerIsHeldBackUntilWhatChangedWasSeen })
