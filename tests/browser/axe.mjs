// Every screen and what opens on it, light and dark, on a desk and on a phone: axe finds nothing that keeps people out.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, ticketOf, until } from './desk.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const letter = `From: Fremd <fremd@kunde.example>
To: service@nordlicht.example
Subject: Bilder und Links
Date: Mon, 23 Nov 2026 09:15:00 +0100
Message-ID: <bilder@kunde.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Guten Tag, <b>hier</b> ist ein <a href="https://kunde.example/x">Link</a>.</p><img src="https://kunde.example/x.png" alt="Logo">
`

const press = name => page => page.getByRole('button', { name }).locator('visible=true').first().click()
const keys = (...names) => async page => { for (const name of names) await page.keyboard.press(name) }
const both = (...acts) => async page => { for (const act of acts) await act(page) }
const write = words => async page => { await page.locator('[contenteditable=true]:focus').waitFor(); await page.keyboard.type(words) }

/** What stands beside the ticket, which may be closed. */
const beside = async page => { if (!await page.locator('.context').isVisible()) await page.keyboard.press(']'); await page.locator('.context').waitFor() }

/** Whom an @ may mean. A draft that arrives while somebody types is put before their words, and the list comes with the next key. */
const offered = page => until('the names', async () => {
  const shown = await page.locator('.mentions [role=option]').first().waitFor({ timeout: 2000 }).then(() => true, () => false)
  if (!shown) { await page.keyboard.press('Backspace'); await page.keyboard.type('u') }
  return shown
})

/** Where to go and what to do there. */
/** A table of persons, as far as the look at its rows. */
const takeTable = async page => {
  await page.locator('input[type=file]').setInputFiles({ name: 'kunden.csv', mimeType: 'text/csv', buffer: Buffer.from('Name;E-Mail\nNeu;neu@kunde.example\nAlt;nichts\n') })
  await page.locator('.looked li').first().waitFor()
}
const inside = {
  inbox: ['/inbox/unassigned'], drafts: ['/inbox/drafts'], spam: ['/inbox/spam'], gone: ['/inbox/all/999'], views: ['/inbox/unassigned', keys('[')],
  ticket: ['/inbox/all/1'], reply: ['/inbox/all/1', both(keys('r'), write('Guten Tag'))], note: ['/inbox/all/1', both(keys('n'), write('Nur für uns'))],
  send: ['/inbox/all/1', both(keys('r'), write('Guten Tag'), press(/Weitere Arten/))], recipients: ['/inbox/all/1', both(keys('r'), write('x'), press(/^an /))],
  assignee: ['/inbox/all/1', keys('a')], state: ['/inbox/all/1', press(/^Status/)], snooze: ['/inbox/all/1', keys('h')], tag: ['/inbox/all/1', keys('t')],
  context: ['/inbox/all/1', keys(']')], undo: ['/inbox/all/1', async page => { await page.keyboard.press('a'); await page.keyboard.press('a'); await page.locator('.toast').waitFor() }],
  letter: ['/inbox/all/2'], sent: ['/inbox/all/2', press('Wie gesendet')], why: ['/inbox/all/2', press('Warum hier?')], compose: ['/inbox/unassigned', keys('n')],
  help: ['/inbox/unassigned', keys('?')], account: ['/inbox/unassigned', press(/^Konto/)], waiting: ['/inbox/unassigned', keys('g')],
  search: ['/search'], found: ['/search?q=rechnung'], unfound: ['/search?q=xyzzyx'], wrong: ['/search?q=staet:new'],
  customers: ['/customers'], person: ['/customers/1'], editing: ['/customers/1', press('Bearbeiten')], adding: ['/customers', press('Neue Person')],
  exporting: ['/customers', press('Importieren und exportieren')], importing: ['/customers/import', takeTable], imported: ['/customers/import/1'],
  joining: ['/customers/1', both(press('Zusammenführen …'), page => page.getByRole('dialog').getByRole('radio').first().check(), page => page.locator('dialog .will li').first().waitFor())], companies: ['/customers/companies'], welcome: ['/welcome'], profile: ['/settings/profile'], security: ['/settings/security'],
  factor: ['/settings/security', both(press('Einrichten'), page => page.locator('.qr').waitFor())], tokens: ['/settings/tokens'],
  mailboxes: ['/settings/mailboxes'], mailbox: ['/settings/mailboxes', press('Postfach hinzufügen')], teams: ['/settings/teams'], team: ['/settings/teams', press('Bearbeiten')],
  people: ['/settings/people'], roles: ['/settings/roles'], senders: ['/settings/spam', press('Absender eintragen')], webhooks: ['/settings/webhooks', press('Neuer Webhook')], company: ['/settings/company'], replies: ['/settings/replies', press('Bearbeiten')], macros: ['/settings/macros'], makingMacro: ['/settings/macros', press('Bearbeiten')],
  macro: ['/inbox/all/1', both(keys('m'), page => page.locator('.would .reads').first().waitFor())], view: [`/inbox/open?save=${encodeURIComponent('-tag:x (prio:hoch ODER erstellt:<7d)')}`, page => page.locator('dialog .term').nth(2).waitFor()],
  merge: ['/inbox/all/1', both(keys('M'), page => page.getByRole('dialog').getByRole('radio').first().check(), page => page.locator('dialog .will').waitFor())],
  move: ['/inbox/all/1', both(press('Nachricht verschieben oder abtrennen'), page => page.getByRole('dialog').getByRole('radio', { name: 'In einen anderen' }).check())], more: ['/inbox/all/1', press('Mehr')],
  operations: ['/inbox/all/1', both(press('Mehr'), page => page.getByRole('menuitem', { name: 'Aktionen' }).click(), page => page.locator('dialog .done li').waitFor())],
  marked: ['/inbox/all', async page => { await page.locator('.row .pick-row').first().click() }], part: ['/inbox/all/4'],
  canned: ['/inbox/all/1', both(keys('r'), write(' /'), page => page.locator('.reply-picker .said .words').waitFor())], audit: ['/settings/audit'],
  times: ['/settings/times'], activity: ['/settings/activities', press('Tätigkeit anlegen')], clock: ['/inbox/all/1', both(beside, press('Uhr starten'), press('Zeit erfassen'), page => page.locator('.clock .face').waitFor())],
  approvals: ['/inbox/all/1', both(beside, press('Um Freigabe bitten'), page => page.locator('.approvals li').first().waitFor())],
  aside: ['/inbox/all/1', both(beside, press('Nebenunterhaltung beginnen'), page => page.getByRole('dialog').locator('textarea').waitFor())],
  notices: ['/notices'], told: ['/settings/notices'], mention: ['/inbox/all/1', both(keys('n'), write('Kurz @su'), offered)],
}
/** What Lea sees, who was asked. */
const asked = { approval: ['/inbox/all/1', both(beside, page => page.getByLabel('Begründung').waitFor())], toDecide: ['/notices', page => page.locator('.waiting li').waitFor()] }
const outside = { signIn: ['/sign-in'], refused: ['/sign-in', async page => {
  await page.locator('[name=email]').fill('wer@theke.test')
  await page.locator('[name=password]').fill('falsch und lang')
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.locator('[role=alert]').waitFor()
}], forgot: ['/forgot'], reset: ['/reset#x'], invitation: ['/invitation#x'] }

async function findings(page) {
  await page.evaluate(axe)
  return page.evaluate(async rules => {
    const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })
    return violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.target.join(' ')} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`))
      /* What an open menu lies on can be pressed again when it closes. */
      .filter(each => !/^target-size: .*obscured/.test(each) || !document.querySelector('.popover'))
  }, rules)
}

async function look(page, desk, screens, said) {
  for (const [name, [path, act]] of Object.entries(screens)) {
    await page.goto('about:blank')
    await page.goto(desk.url + path)
    await page.locator('h1, h2').locator('visible=true').first().waitFor()
    if (/^.inbox.all.[12]$/.test(path)) await page.locator('.composer .tabs').waitFor()
    if (act) await act(page).catch(cause => { throw new Error(`${name}: ${cause.message}`) })
    await page.waitForTimeout(350)
    for (const each of new Set(await findings(page))) said.push(`${name}: ${each}`)
  }
}

async function walk(desk, colorScheme, size) {
  const page = await desk.page({ viewport: size, colorScheme })
  page.setDefaultTimeout(20000)
  const said = []
  await page.goto(desk.setupLink)
  await page.locator('h1').waitFor()
  for (const each of await findings(page)) said.push(`set-up: ${each}`)
  await desk.setUp(page)
  await ticketOf(desk, page, 'Rechnung und Rücksendung', { priority: 'urgent', tags: ['rechnung'] })
  await desk.api(page, 'POST', '/tickets/1/messages', { audience: 'internal', text: 'Nur für uns.' })
  await desk.api(page, 'POST', '/tickets/1/messages', { audience: 'public', text: 'Das sehen wir uns an.' })
  await desk.api(page, 'POST', '/people', { name: 'Huber, Ana', identities: [{ channel: 'email', value: 'a.huber@kunde.example' }] })
  await desk.api(page, 'POST', '/replies', { name: 'Begrüßung', key: 'gt', folder: 'Anfang', texts: { de: '<p>Guten Tag {{customer.company}}</p>' } })
  await desk.api(page, 'POST', '/macros', { name: 'Freundlich schließen', scope: 'global', actions: [{ kind: 'reply', reply: 1 }, { kind: 'state', state: 'resolved' }, { kind: 'note', html: '<p>Erledigt</p>' }, { kind: 'add_tags', tags: ['fertig'] }] })
  expect((await desk.api(page, 'POST', '/mailboxes', { name: 'Service', address: 'service@nordlicht.example', inbound: { kind: 'lmtp' }, outbound: {} })).status, 201)
  expect(await desk.deliver(letter, 'service@nordlicht.example'), 0)
  await until('the letter', async () => (await desk.api(page, 'GET', '/tickets/2')).status === 200)
  const parts = []
  for (const subject of ['Noch einmal die Rechnung', 'Und noch einmal']) parts.push(await ticketOf(desk, page, subject))
  expect((await desk.api(page, 'POST', `/tickets/${parts[1].id}/merge`, { into: 1 })).status, 200)
  const lea = await desk.colleague('Lea', 'manager')
  await lea.setViewportSize(size)
  await lea.emulateMedia({ colorScheme })
  expect((await desk.api(page, 'POST', '/tickets/1/approvals', { approver: 2, text: 'Erstattung von 1.249 €' })).status, 201)
  await look(page, desk, inside, said)
  await look(lea, desk, asked, said)
  await page.context().clearCookies()
  await look(page, desk, outside, said)
  if (said.length) throw new Error(said.join('\n'))
}

const phone = { width: 390, height: 844 }, wide = { width: 1440, height: 900 }
export const lightOnADesk = desk => walk(desk, 'light', wide)
export const darkOnADesk = desk => walk(desk, 'dark', wide)
export const lightOnAPhone = desk => walk(desk, 'light', phone)
export const darkOnAPhone = desk => walk(desk, 'dark', phone)
