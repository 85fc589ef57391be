// Letters that no ticket took: seen by who keeps the mailboxes, tried again, taken home, thrown away.
import { atTheInbox, counts, expect, runAll, until } from './desk.mjs'

const broken = '\x00 ist keine E-Mail'

async function whatBelongsToNoMailboxIsSeenAndDecided(desk) {
  const page = await atTheInbox(desk)
  await desk.deliver(broken)
  await desk.deliver(`${broken}, und das auch nicht`)
  await until('setting aside', async () => (await desk.api(page, 'GET', '/mail-state')).json.parked === 2)
  await page.goto(`${desk.url}/settings/mailboxes`)
  await page.getByText('2 E-Mails liegen zurückgestellt').waitFor()
  await page.locator('.settings .view', { hasText: 'Zurückgestellt' }).locator('.n', { hasText: '2' }).waitFor()
  await page.getByRole('link', { name: 'Ansehen' }).click()
  await page.waitForURL(/settings\/parked/)
  await counts(page.locator('.parked'), 2, 'letters')
  await page.locator('.parked').first().getByText('Ohne Postfach').waitFor()
  await page.locator('.parked').first().getByText('Sie ließ sich nicht lesen.').waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Quelltext' }).first().click()])
  expect(/mail-\d+\.eml/.test(file.suggestedFilename()), true, file.suggestedFilename())
  await page.getByRole('button', { name: 'Löschen' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Löschen' }).click()
  await counts(page.locator('.parked'), 1, 'letters that are left')
  await page.getByRole('button', { name: 'Noch einmal verarbeiten' }).click()
  await page.locator('.toast', { hasText: 'noch einmal verarbeitet' }).waitFor()
  await until('coming back', async () => (await desk.api(page, 'GET', '/mail-state')).json.parked === 1)
  await counts(page.locator('.parked'), 1, 'letters that came back')
}

runAll({ whatBelongsToNoMailboxIsSeenAndDecided })
