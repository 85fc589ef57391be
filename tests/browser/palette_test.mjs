// The command palette by keys alone: what it offers, finds, runs and remembers, and what it leaves out.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { atTheInbox, counts, expect, openTicket, runAll, ticketOf, until } from './desk.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const names = { de: 'Befehle und Suche', en: 'Commands and search', hu: 'Parancsok és keresés' }
const option = (page, words) => page.locator('.palette [role=option]', { hasText: words }).first()
const chosen = page => page.locator('.palette [aria-selected=true]')
const sections = page => page.locator('.palette h2').allInnerTexts()
const now = async (desk, page, ticket) => (await desk.api(page, 'GET', `/tickets/${ticket.id}`)).json

async function palette(page, words = '') {
  await page.keyboard.press('Control+k')
  await page.locator('.palette [role=combobox]:focus').waitFor()
  if (words) await page.keyboard.type(words)
}

/** Chooses the row with these words by arrows, as somebody without a mouse does. */
async function walkTo(page, words) {
  await option(page, words).waitFor()
  for (let steps = 0; !(await chosen(page).innerText()).includes(words); steps++) {
    if (steps > 60) throw new Error(`${words} is not reached`)
    await page.keyboard.press('ArrowDown')
  }
}
async function run(page, typed, words) {
  await palette(page, typed)
  await walkTo(page, words)
  await page.keyboard.press('Enter')
  await page.locator('.palette').waitFor({ state: 'detached' })
}

async function atATicket(desk, subject = 'Mühle mahlt nicht') {
  const page = await atTheInbox(desk, 'all')
  const ticket = await ticketOf(desk, page, subject, { tags: ['garantie'] })
  await ticketOf(desk, page, 'Zweite Reklamation')
  await counts(page.locator('.row'), 2, 'rows')
  await openTicket(page, subject)
  await page.locator('.context .name').waitFor()
  return { page, ticket }
}

async function whatIsDoneToTheTicketIsDoneAsByItsKeys(desk) {
  const { page, ticket } = await atATicket(desk)
  await run(page, 'prio dring', 'Priorität: Dringend')
  await page.locator('.toast', { hasText: 'Dringend' }).waitFor()
  expect((await now(desk, page, ticket)).priority, 'urgent')
  await page.keyboard.press('z')
  await until('taking it back', async () => (await now(desk, page, ticket)).priority === 'normal')
  await run(page, 'mir zuw', 'Mir zuweisen')
  await page.locator('.toast', { hasText: 'Jana Petersen zugewiesen' }).waitFor()
  await palette(page, 'mir zuw')
  await option(page, 'Alle Vorgänge durchsuchen').waitFor()
  expect(await page.locator('.palette [role=option]', { hasText: /^Mir zuweisen/ }).count(), 0, 'who has it already is not offered it')
  await page.keyboard.press('Escape')
  await run(page, 'garantie entf', 'Schlagwort garantie entfernen')
  await until('the tag', async () => !(await now(desk, page, ticket)).tags.length)
  await run(page, 'beobachten', 'Beobachten')
  await until('watching', async () => (await now(desk, page, ticket)).watching)
  await run(page, 'wiedervorlage morgen', 'Wiedervorlage: Morgen 9 Uhr')
  await until('waiting', async () => (await now(desk, page, ticket)).state === 'waiting')
  await run(page, 'loesen', 'Lösen')
  await until('solving', async () => (await now(desk, page, ticket)).state === 'resolved')
  await page.goto(`${desk.url}/inbox/all/${ticket.id}`)
  await page.getByRole('button', { name: 'Wieder öffnen' }).waitFor()
  await palette(page)
  await option(page, 'Wieder öffnen').waitFor()
  expect(await page.locator('.palette [role=option]', { hasText: /^Lösen/ }).count(), 0, 'what is solved is not solved again')
}

async function whatNeedsMoreOpensWhereItIsAsked(desk) {
  const { page } = await atATicket(desk)
  const opens = [['zusammen', 'Mit einem anderen Vorgang zusammenführen', /zusammenführen/], ['abtrennen', 'Letzte Nachricht abtrennen', /Nachricht/], ['makro', 'Makro ausführen', /Makros/], ['zurückstellen', 'Wiedervorlage', /Wiedervorlage/]]
  for (const [typed, words, title] of opens) {
    await run(page, typed, words)
    await page.getByRole('dialog', { name: title }).waitFor()
    await page.keyboard.press('Control+k')
    expect(await page.locator('dialog[open]').count(), 1, 'what is open wants an answer first')
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
  }
  await run(page, 'zuweisen', 'Zuweisen')
  await page.locator('.conv-bar [role=listbox]').waitFor()
  await page.keyboard.press('Escape')
  await run(page, 'duplikat', 'Mit einem anderen Vorgang verknüpfen')
  await page.locator('.adding select:focus').waitFor()
  await run(page, 'neuer vorgang', 'Neuer Vorgang')
  await page.getByRole('dialog', { name: 'Neuer Vorgang' }).waitFor()
  expect(new URL(page.url()).search, '', 'the address forgets it')
}

async function aCannedReplyGoesIntoTheAnswer(desk) {
  const { page, ticket } = await atATicket(desk)
  const reply = (name, html, key) => desk.api(page, 'POST', '/replies', { name, texts: { de: html }, scope: 'global', key }).then(made => expect(made.status, 201))
  await reply('Erstattung bestätigt', '<p>Wir erstatten <b>sofort</b>.</p>', 'eb')
  await reply('Gruß', '<p>Schöne Grüße</p>', 'sg')
  await run(page, 'erst', 'Textbaustein: Erstattung bestätigt')
  const text = () => page.locator('.composer [contenteditable=true]').innerText()
  await until('the answer', async () => await page.locator('.composer [contenteditable=true]').count() && /Wir erstatten sofort\./.test(await text()))
  await page.keyboard.type(' Danke. ')
  await run(page, 'gruß', 'Textbaustein: Gruß')
  await until('the second', async () => /Wir erstatten sofort\. Danke\. Schöne Grüße/.test(await text()))
  await until('the focus', () => page.evaluate(() => document.activeElement.isContentEditable))
  await run(page, 'senden', 'Senden')
  await page.locator('.msg.us', { hasText: 'Schöne Grüße' }).waitFor()
  expect((await now(desk, page, ticket)).message_count, 2)
}

async function aMacroIsShownBeforeItRuns(desk) {
  const { page, ticket } = await atATicket(desk)
  for (const [name, priority] of [['Anders', 'low'], ['Eskalieren', 'urgent']]) expect((await desk.api(page, 'POST', '/macros', { name, scope: 'global', actions: [{ kind: 'priority', priority }] })).status, 201)
  await run(page, 'eskal', 'Makro: Eskalieren')
  await page.locator('.would', { hasText: 'Dringend' }).waitFor()
  await page.getByRole('button', { name: 'Ausführen' }).waitFor()
  await page.keyboard.press('Enter')
  await until('the macro', async () => (await now(desk, page, ticket)).priority === 'urgent')
}

async function everySectionFindsAndOpens(desk) {
  const { page, ticket } = await atATicket(desk)
  expect((await desk.api(page, 'POST', '/companies', { name: 'Mühlenwerk Ágnes Kft.' })).status, 201)
  expect((await desk.api(page, 'POST', '/views', { name: 'Mühlen dringend', condition: 'state:open', scope: 'personal' })).status, 201)
  await palette(page, 'mühle')
  await option(page, 'Mühlen dringend').waitFor()
  await option(page, 'Mühlenwerk').waitFor()
  expect(await sections(page), ['Vorgänge', 'Kundschaft', 'Ansichten'])
  expect((await page.locator('.palette .fits').allInnerTexts()).every(words => /^mühle$/i.test(words)), true, 'marks')
  await walkTo(page, 'Mühlen dringend')
  await page.keyboard.press('Enter')
  await page.waitForURL(/inbox\/view-\d+$/)
  for (const [typed, words, place] of [[String(ticket.number), 'Mühle mahlt nicht', /inbox\/all\/\d+/], ['mühlenw', 'Mühlenwerk', /customers\/companies\/\d+/], ['huber', 'Ana Huber', /customers\/\d+/],
    ['einst rollen', 'Einstellungen: Rollen', /settings\/roles/], ['gelost', 'Gelöst', /inbox\/resolved/], ['neues', 'Neues', /notices/], ['reklam', 'Alle Vorgänge durchsuchen', /search\?q=reklam/]]) {
    await run(page, typed, words)
    await page.waitForURL(place)
  }
  await palette(page)
  expect((await sections(page))[0], 'Zuletzt gewählt')
  await until('what was chosen last comes first', async () => (await page.locator('.palette [role=option]').first().innerText()).includes('Neues'))
  const opened = page.context().waitForEvent('page')
  await walkTo(page, 'Neues')
  await page.keyboard.press('Control+Enter')
  await (await opened).waitForURL(/\/notices$/)
  await page.locator('.palette').waitFor()
}

async function aTicketIsTheScopeUntilBackspace(desk) {
  const { page, ticket } = await atATicket(desk)
  await page.keyboard.press('r')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type('Halb fertig')
  await palette(page)
  expect((await page.locator('.palette .marke').innerText()).replace(/\D/g, ''), String(ticket.number))
  expect((await sections(page)).includes('Mit diesem Vorgang'), true)
  await page.keyboard.press('Backspace')
  await page.locator('.palette .marke').waitFor({ state: 'detached' })
  expect((await sections(page)).includes('Mit diesem Vorgang'), false)
  for (let turn = 0; turn < 4; turn++) await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest('.palette')), true, 'the focus stays inside')
  await page.keyboard.press('Escape')
  await page.locator('[contenteditable=true]:focus').waitFor()
  await page.keyboard.type(' weiter')
  await until('the text', async () => (await page.locator('[contenteditable=true]').innerText()).trim() === 'Halb fertig weiter')
  const field = page.locator('.palette [role=combobox]')
  await palette(page, 'xyzzyx')
  await page.locator('.palette [role=status]', { hasText: '1 Eintrag' }).waitFor({ state: 'attached' })
  expect(await page.locator(`#${await field.getAttribute('aria-activedescendant')}`).getAttribute('aria-selected'), 'true')
}

async function nobodyIsOfferedWhatTheyMayNot(desk) {
  const { page, ticket } = await atATicket(desk)
  expect((await desk.api(page, 'PATCH', '/roles/agent', { permissions: { 'tickets.change': 'none', 'tickets.reply': 'none', 'tickets.merge': 'none', 'tickets.create': 'none', 'people.read': 'none' } })).status, 200)
  const other = await desk.colleague('Tom')
  await other.goto(`${desk.url}/inbox/all/${ticket.id}`)
  await other.locator('.conv:not([inert]) .conv-head h1').waitFor()
  await palette(other)
  await option(other, 'Interne Notiz').waitFor()
  const offered = await other.locator('.palette [role=option]').allInnerTexts()
  for (const words of ['Antworten', 'Lösen', 'Zuweisen', 'Priorität', 'zusammenführen', 'Makro', 'Neuer Vorgang']) expect(offered.some(each => each.includes(words)), false, words)
  for (const typed of ['huber', 'status', 'rollen', 'firmen', 'dringend', 'garantie']) {
    const answered = other.waitForResponse(answer => answer.url().includes('/search?'))
    await other.locator('.palette [role=combobox]').fill(typed)
    await answered
    await option(other, 'Alle Vorgänge').waitFor()
    expect((await sections(other)).filter(each => !['Vorgänge', 'Ansichten'].includes(each)), [], typed)
  }
}

async function lateAnswersAreDropped(desk) {
  const { page } = await atATicket(desk)
  await page.route('**/api/v1/search?*m%C3%BChle*', async route => { await new Promise(done => setTimeout(done, 1200)); await route.continue().catch(() => {}) })
  await palette(page, 'mühle')
  await page.waitForRequest(/search\?.*m%C3%BChle/)
  const answered = page.waitForResponse(/search\?.*reklam/)
  await page.locator('.palette [role=combobox]').fill('reklam')
  await answered
  await option(page, 'Zweite Reklamation').waitFor()
  expect(await option(page, 'Mühle mahlt').count(), 0)
}

/** How long a letter takes to reach the screen: told, not judged, since the machine is shared. */
async function typingReachesTheScreen(desk) {
  const { page } = await atATicket(desk)
  for (let at = 0; at < 4; at++) await ticketOf(desk, page, `Viele ${at}`, { tags: Array.from({ length: 15 }, (_, each) => `schlagwort-${at}-${each}`) })
  await page.reload()
  await page.locator('.conv:not([inert]) .conv-head h1').waitFor()
  await palette(page)
  const times = await page.evaluate(async () => {
    const field = document.querySelector('.palette input'), times = []
    for (const word of ['schlagwort', 'zusammen', 'priorität', 'einstellungen', 'muhle ma']) for (let at = 1; at <= word.length; at++) {
      const began = performance.now()
      field.value = word.slice(0, at)
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      await new Promise(done => requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0) }))
      times.push(performance.now() - began)
      await new Promise(done => setTimeout(done, 20))
    }
    return times.sort((one, other) => one - other)
  })
  console.log(`     letter to paint: median ${times[times.length >> 1].toFixed(1)} ms, 95 % ${times[Math.floor(times.length * 0.95)].toFixed(1)} ms, worst ${times.at(-1).toFixed(1)} ms`)
}

const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
async function itIsReadableByEverybodyEverywhere(desk) {
  const { page, ticket } = await atATicket(desk)
  await page.addInitScript(axe)
  for (const [locale, typed] of [['de', 'zu'], ['en', 'as'], ['hu', 'ho']]) for (const theme of ['light', 'dark']) {
    expect((await desk.api(page, 'PATCH', '/me', { locale, theme })).status, 200)
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      await page.goto(`${desk.url}/inbox/all/${ticket.id}`)
      await page.locator('.conv:not([inert]) .conv-head h1').waitFor()
      await palette(page)
      for (const words of ['', typed]) {
        await page.keyboard.type(words)
        await page.locator('.palette [role=status]', { hasText: /\d/ }).waitFor({ state: 'attached' })
        await page.getByRole('dialog', { name: names[locale] }).waitFor()
        const { violations } = await page.evaluate(() => window.axe.run('.palette', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
        expect(violations.map(each => `${each.id}: ${each.nodes.map(node => node.target).join(' ')}`), [], `${locale} ${theme} ${size}`)
        expect(await page.evaluate(() => [document.documentElement.scrollWidth <= innerWidth, /palette\.|command\.|keys\./.test(document.querySelector('.palette').innerText)]), [true, false], 'width, keys for words')
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/palette-${locale}-${theme}-${size}-${words || 'begin'}.png` })
      }
    }
  }
}

runAll({
  whatIsDoneToTheTicketIsDoneAsByItsKeys, whatNeedsMoreOpensWhereItIsAsked, aCannedReplyGoesIntoTheAnswer, aMacroIsShownBeforeItRuns, everySectionFindsAndOpens, aTicketIsTheScopeUntilBackspace,
  nobodyIsOfferedWhatTheyMayNot, lateAnswersAreDropped, typingReachesTheScreen, itIsReadableByEverybodyEverywhere,
})
