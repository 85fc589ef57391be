// Saved views: built from rows or typed, counted live, changed, grouped, and made of a search.
import { atTheInbox, counts, expect, runAll, ticketOf } from './desk.mjs'

const counter = (page, name) => page.locator('.saved-view', { hasText: name }).locator('.n')
const counted = (page, name, n) => counter(page, name).filter({ hasText: new RegExp(`^${n}$`) }).waitFor()

async function comesTo(ask, wanted) {
  for (let i = 0; i < 100 && await ask() !== wanted; i++) await new Promise(done => setTimeout(done, 50))
  expect(await ask(), wanted)
}

async function aViewIsBuiltAndCountsLive(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Mühle mahlt nicht', { priority: 'high' })
  await ticketOf(desk, page, 'Rechnung doppelt', { priority: 'urgent' })
  await ticketOf(desk, page, 'Nur eine Frage')
  await page.getByRole('button', { name: 'Neue Ansicht' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Eilig')
  await dialog.getByRole('button', { name: 'Bedingung', exact: true }).click()
  await dialog.getByLabel('Feld').selectOption('priority')
  await dialog.getByLabel('Vergleich').selectOption('>=')
  await dialog.getByLabel('Wert').selectOption('high')
  await dialog.getByText('Findet 2 Vorgänge').waitFor()
  expect(await dialog.getByLabel('Als Text').inputValue(), 'priority:>=high')
  await dialog.getByLabel('Gruppieren nach').selectOption('priority')
  await dialog.getByLabel('Nummer').check()
  await dialog.getByRole('button', { name: 'Ansicht speichern' }).click()
  await page.waitForURL(/inbox\/view-1/)
  await counts(page.locator('.row'), 2)
  expect(await page.locator('.group-head').allInnerTexts(), ['Dringend', 'Hoch'])
  await counted(page, 'Eilig', 2)
  await desk.api(page, 'PATCH', '/tickets/3', { priority: 'urgent' })
  await counted(page, 'Eilig', 3)
  await counts(page.locator('.row'), 3)
}

async function textAndRowsAreTheSameCondition(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Mühle mahlt nicht', { tags: ['technik'] })
  await page.getByRole('button', { name: 'Neue Ansicht' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Als Text').fill('schlagwort:technik (prio:hoch ODER erstellt:<7d) -ist:spam')
  await dialog.getByText('Findet 1 Vorgang').waitFor()
  await counts(dialog.locator('.term'), 4)
  await counts(dialog.locator('.terms.inner'), 1)
  await dialog.getByRole('button', { name: 'Bedingung entfernen' }).first().click()
  await comesTo(() => dialog.getByLabel('Als Text').inputValue(), '(priority:high OR created:<7d) -is:spam')
  await dialog.getByLabel('Als Text').fill('staet:open')
  await dialog.getByText('Diesen Filter gibt es nicht.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Ansicht speichern' }).isDisabled(), true)
  await dialog.getByLabel('Als Text').fill('mühle')
  await dialog.getByText('Eine Ansicht kann nicht nach Wörtern').waitFor()
}

async function aSearchBecomesAViewAndAViewIsChanged(desk) {
  const page = await atTheInbox(desk)
  await ticketOf(desk, page, 'Mühle mahlt nicht', { tags: ['technik'] })
  await page.keyboard.press('/')
  await page.getByRole('searchbox').fill('tag:technik is:unassigned')
  await page.getByRole('link', { name: 'Als Ansicht speichern' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Technik')
  await dialog.getByLabel('Wer sie sieht').selectOption('global')
  await dialog.getByText('Findet 1 Vorgang').waitFor()
  await dialog.getByRole('button', { name: 'Ansicht speichern' }).click()
  await counted(page, 'Technik', 1)
  const colleague = await desk.colleague('Bo')
  await counted(colleague, 'Technik', 1)
  await colleague.close()
  await page.locator('.saved-view').hover()
  await page.getByRole('button', { name: 'Ansicht Technik ändern' }).click()
  await dialog.getByLabel('Name').fill('Werkstatt')
  await dialog.getByRole('button', { name: 'Ansicht speichern' }).click()
  await counted(page, 'Werkstatt', 1)
  await page.locator('.saved-view').hover()
  await page.getByRole('button', { name: 'Ansicht Werkstatt ändern' }).click()
  await dialog.getByRole('button', { name: 'Ansicht löschen' }).click()
  await counts(page.locator('.saved-view'), 0)
  await page.locator('.toast').getByRole('button', { name: 'Rückgängig' }).click()
  await counted(page, 'Werkstatt', 1)
}

async function itFitsAPhone(desk) {
  const page = await atTheInbox(desk)
  for (const locale of ['de', 'en', 'hu']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.evaluate(word => localStorage.setItem('locale', word), locale)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(desk.url + '/inbox/open?save=' + encodeURIComponent('priority:>=high (created:2026-01-01..today OR until:<2d)'))
    await page.locator('dialog .term').nth(2).waitFor()
    await page.waitForTimeout(150)
    expect(await page.evaluate(() => { const box = document.querySelector('dialog'); return box.scrollWidth <= box.clientWidth && document.documentElement.scrollWidth <= innerWidth }), true, `${locale} fits`)
    expect(/\b(view|condition)\.\w+/.test(await page.locator('dialog').innerText()), false, 'words, not keys')
    if (process.env.LOOKS) await page.screenshot({ path: `${process.env.LOOKS}/view-${locale}.png` })
  }
  if (!process.env.LOOKS) return
  for (const theme of ['light', 'dark']) {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.emulateMedia({ colorScheme: theme })
    await page.screenshot({ path: `${process.env.LOOKS}/view-${theme}.png` })
  }
}

runAll({ aViewIsBuiltAndCountsLive, textAndRowsAreTheSameCondition, aSearchBecomesAViewAndAViewIsChanged, itFitsAPhone })
