// Every screen on a phone and on a desk, in every language: nothing scrolls sideways, everything that can be pressed has a
// name, and no key of the words shows instead of words.
import { expect, runAll, ticketOf } from './desk.mjs'

const inside = ['/inbox/unassigned', '/inbox/drafts', '/inbox/spam', '/inbox/nonsense', '/inbox/all/1', '/inbox/all/99', '/search', '/search?q=rechnung', '/search?q=staet:new', '/welcome', '/notices', '/settings/profile', '/settings/security',
  '/settings/tokens', '/settings/notices', '/settings/mailboxes', '/settings/teams', '/settings/people', '/settings/roles', '/settings/spam', '/settings/webhooks', '/settings/company', '/settings/audit']
const outside = ['/sign-in', '/forgot', '/reset#x', '/invitation#x']
const long = 'Garantieverlängerungsbescheinigungsanforderungsformular fehlt in den Unterlagen zur Rechnung'

/** What is wrong with the page as it stands. */
function faultsOf() {
  const faults = []
  const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${innerWidth}`)
  for (const row of document.querySelectorAll('.chips, .settings > .views')) {
    const chosen = row.querySelector('[aria-current]')?.getBoundingClientRect()
    if (chosen && seen(row) && (chosen.left < 0 || chosen.right > innerWidth)) faults.push(`out of sight: ${row.querySelector('[aria-current]').textContent}`)
  }
  for (const box of document.querySelectorAll('.tablewrap')) if (box.scrollWidth > box.clientWidth) faults.push(`a table scrolls sideways: ${box.scrollWidth} > ${box.clientWidth}`)
  for (const element of document.querySelectorAll('button, a, input, select, textarea, [role=option], [role=switch]')) {
    if (!seen(element) || element.type === 'hidden') continue
    const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('')
    const name = element.getAttribute('aria-label') || labelled || element.labels?.[0]?.textContent || element.textContent || element.title
    if (!name?.trim()) faults.push(`no name: ${element.outerHTML.slice(0, 120)}`)
  }
  const words = document.body.innerText.match(/\b(?:nav|keys|error|views|sort|ticket|message|composer|settings|profile|search|session|setup|mailboxes|teams|people|roles|right|audit|history|late|done|waiting)\.[a-z]\w+/g)
  if (words) faults.push(`keys instead of words: ${words}`)
  const headings = [...document.querySelectorAll('h1')].filter(seen)
  if (!headings.length && !document.querySelector('.conv.nothing')) faults.push('no heading')
  return faults
}

async function look(page, desk, paths, said) {
  for (const path of paths) {
    await page.goto(desk.url + path)
    await page.waitForLoadState('networkidle').catch(() => {})
    await page.waitForTimeout(150)
    for (const fault of await page.evaluate(faultsOf)) said.push(`${path}: ${fault}`)
  }
}

async function walk(desk, language, size) {
  const page = await desk.page({ viewport: size })
  await desk.setUp(page)
  await ticketOf(desk, page, long, { priority: 'urgent', tags: ['garantieverlängerung', 'rechnungswesen'] })
  expect((await desk.api(page, 'PATCH', '/me', { locale: language })).status, 200)
  await page.evaluate(word => localStorage.setItem('locale', word), language)
  const said = []
  await look(page, desk, inside, said)
  await page.context().clearCookies()
  await look(page, desk, outside, said)
  if (said.length) throw new Error(said.join('\n'))
}

const phone = { width: 390, height: 844 }, wide = { width: 1440, height: 900 }
const onAPhoneInGerman = desk => walk(desk, 'de', phone)
const onAPhoneInHungarian = desk => walk(desk, 'hu', phone)
const onADeskInEnglish = desk => walk(desk, 'en', wide)

async function aDrawerOnAPhoneIsClosedByHand(desk) {
  const page = await desk.page({ viewport: phone })
  await desk.setUp(page)
  const ticket = await ticketOf(desk, page, long)
  await page.goto(`${desk.url}/inbox/all/${ticket.id}`)
  await page.locator('.conv-head').getByRole('button', { name: 'Kundschaft' }).click()
  await page.locator('.context.open').waitFor()
  await page.getByRole('button', { name: 'Schließen' }).click()
  await page.locator('.context.open').waitFor({ state: 'detached' })
}

runAll({ aDrawerOnAPhoneIsClosedByHand, onAPhoneInGerman, onAPhoneInHungarian, onADeskInEnglish })
