// What is told to whom: the bell, the list behind it, and what one wants to be told.
import { atTheInbox, expect, runAll, ticketOf, until } from './desk.mjs'

const bell = page => page.locator('.rail').getByRole('link', { name: /^Neues/ })

async function aMentionRingsAndLeadsToTheNote(desk) {
  const page = await atTheInbox(desk, 'open')
  const lea = await desk.colleague('Lea')
  const ticket = await ticketOf(desk, page, 'Frage an Lea')
  await desk.api(page, 'POST', `/tickets/${ticket.id}/messages`, { audience: 'internal', text: 'Kannst du, @Lea?', mentions: [2] })
  await until('the bell rings', async () => await bell(lea).locator('.badge').innerText().catch(() => '') === '1')
  await lea.keyboard.press('g')
  await lea.keyboard.press('n')
  const notice = lea.locator('.notice', { hasText: 'Jana Petersen hat Sie erwähnt' })
  await notice.getByText('Sie sind in der Notiz genannt').waitFor()
  await notice.getByRole('link').click()
  await lea.locator('.msg.note.sought', { hasText: 'Kannst du' }).waitFor()
  await until('the bell is quiet', async () => await bell(lea).locator('.badge').count() === 0)
}

async function whoReadsTheTicketHasReadItsNotices(desk) {
  const page = await atTheInbox(desk, 'open')
  const lea = await desk.colleague('Lea')
  const ticket = await ticketOf(desk, page, 'Für Lea')
  await desk.api(page, 'PATCH', `/tickets/${ticket.id}`, { assignee: 2 })
  for (let i = 0; i < 3; i++) await desk.api(page, 'POST', `/tickets/${ticket.id}/messages`, { audience: 'internal', text: `Notiz ${i}` })
  await until('the bell rings twice', async () => await bell(lea).locator('.badge').innerText().catch(() => '') === '2')
  await lea.goto(`${desk.url}/notices`)
  await lea.getByText('3 neue Nachrichten, zuletzt von Jana Petersen').waitFor()
  await lea.goto(`${desk.url}/inbox/mine/${ticket.id}`)
  await until('the bell is quiet', async () => await bell(lea).locator('.badge').count() === 0)
}

async function wishesAreKept(desk) {
  const page = await atTheInbox(desk)
  await page.goto(`${desk.url}/settings/notices`)
  await page.getByRole('switch', { name: 'Ich werde in einer Notiz erwähnt: Per E-Mail' }).check()
  await page.getByLabel('Wann sie kommen').selectOption({ label: 'Gesammelt einmal am Tag' })
  await page.getByLabel('Um', { exact: true }).fill('07:15')
  await page.getByRole('checkbox', { name: 'Ruhezeiten einhalten' }).check()
  await page.getByLabel('Von', { exact: true }).fill('19:30')
  await until('it is kept', async () => {
    const { kinds, quiet, mails } = (await desk.api(page, 'GET', '/notice-settings')).json
    return kinds[0].mailed && quiet.enabled && quiet.from === 1170 && mails.rhythm === 'daily' && mails.at === 435
  })
  await page.reload()
  await page.getByRole('switch', { name: 'Ich werde in einer Notiz erwähnt: Per E-Mail' }).waitFor()
  expect(await page.getByRole('switch', { name: 'Ich werde in einer Notiz erwähnt: Per E-Mail' }).isChecked(), true)
}

await runAll({ aMentionRingsAndLeadsToTheNote, whoReadsTheTicketHasReadItsNotices, wishesAreKept })
