// One person who is there twice: suggested, merged with what is chosen, found again, and made two again days later.
import { atTheInbox, counts, expect, runAll, ticketOf } from './desk.mjs'

const shot = (page, name) => process.env.SHOTS ? page.screenshot({ path: `${process.env.SHOTS}/${name}.png` }) : null

async function person(desk, page, name, more = {}, ...values) {
  const identities = values.map(value => ({ channel: value.includes('@') ? 'email' : 'phone', value }))
  const made = await desk.api(page, 'POST', '/people', { name, identities, ...more })
  expect(made.status, 201, name)
  return made.json
}

async function twoOfOne(desk, page) {
  const firm = (await desk.api(page, 'POST', '/companies', { name: 'Donaudampfschifffahrtsgesellschaft mbH' })).json
  const one = await person(desk, page, 'Ana Huber', { locale: 'de', notes: 'Stammkundin seit 2019', company: firm.id }, 'ana@donau.example', '+49 171 555012')
  const two = await person(desk, page, 'Huber, Ana', { locale: 'hu', notes: 'Ruft lieber abends an' }, 'ana.huber@gmx.de')
  await ticketOf(desk, page, 'Mixer kaputt', { requester: { email: 'ana.huber@gmx.de' } })
  return [one, two]
}

async function mergedAsChosenAndTakenBack(desk) {
  const page = await atTheInbox(desk)
  const [one, two] = await twoOfOne(desk, page)
  await page.goto(`${desk.url}/customers/${two.id}`)
  await page.locator('.banner', { hasText: 'Vielleicht dieselbe Person: Ana Huber (gleicher Name)' }).getByRole('button', { name: 'Ansehen' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /Ana Huber/ }).first().check()
  await dialog.getByText('1 Vorgang gehört künftig zu Ana Huber').waitFor()
  await dialog.getByText('1 Adresse oder Nummer gehört künftig zu Ana Huber').waitFor()
  await dialog.getByRole('radio', { name: 'Ungarisch' }).check()
  await dialog.getByLabel('Briefe gehen künftig an').selectOption({ label: 'ana.huber@gmx.de' })
  await shot(page, 'join')
  await dialog.getByRole('button', { name: 'Zusammenführen' }).click()
  await page.waitForURL(`**/customers/${one.id}`)
  await page.locator('.toast', { hasText: 'Huber, Ana ist jetzt Teil von Ana Huber' }).waitFor()
  await page.locator('.mini', { hasText: 'Mixer kaputt' }).waitFor()
  await counts(page.locator('.identities li'), 3, 'addresses and numbers')
  const merged = (await desk.api(page, 'GET', `/people/${one.id}`)).json
  expect([merged.email, merged.locale, merged.notes], ['ana.huber@gmx.de', 'hu', 'Stammkundin seit 2019\n\nRuft lieber abends an'])
  await counts(page.locator('.list .one'), 1, 'persons in the list')
  await counts(page.getByRole('dialog'), 0, 'dialogs')
  await shot(page, 'joined')
  await page.goto(`${desk.url}/customers/${two.id}`)
  await page.locator('.banner', { hasText: 'Diese Person ist Teil von Ana Huber.' }).getByRole('link').click()
  await page.waitForURL(`**/customers/${one.id}`)
  await page.getByRole('button', { name: 'Rückgängig' }).last().click()
  await dialog.getByText('Alles wird wieder, wie es war.').waitFor()
  await dialog.getByRole('button', { name: 'Rückgängig' }).click()
  await page.locator('.toast', { hasText: 'Rückgängig gemacht' }).waitFor()
  await counts(page.locator('.list .one'), 2, 'persons in the list')
  expect((await desk.api(page, 'GET', `/people/${two.id}`)).json.email, 'ana.huber@gmx.de')
}

async function whoStaysIsChosenAndAnybodyIsFound(desk) {
  const page = await atTheInbox(desk)
  const [one] = await twoOfOne(desk, page)
  const other = await person(desk, page, 'Bea Kurz', {}, 'bea@kurz.example')
  await page.goto(`${desk.url}/customers/${one.id}`)
  await page.getByRole('button', { name: 'Zusammenführen …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill('kurz')
  await dialog.getByRole('radio', { name: /Bea Kurz/ }).check()
  await dialog.locator('.side', { hasText: 'Ana Huber' }).getByRole('radio').check()
  await dialog.getByText('1 Adresse oder Nummer gehört künftig zu Ana Huber').waitFor()
  await dialog.getByRole('button', { name: 'Zusammenführen' }).click()
  await page.locator('.toast', { hasText: 'Bea Kurz ist jetzt Teil von Ana Huber' }).waitFor()
  await page.locator('.toast').getByRole('button', { name: 'Rückgängig' }).click()
  await page.locator('.toast', { hasText: 'Rückgängig gemacht' }).waitFor()
  expect((await desk.api(page, 'GET', `/people/${other.id}`)).json.merged_into_id, null)
}

async function itFitsAPhoneInEachLanguage(desk) {
  const page = await atTheInbox(desk)
  const [one] = await twoOfOne(desk, page)
  await page.setViewportSize({ width: 390, height: 844 })
  for (const locale of ['de', 'en', 'hu']) {
    await desk.api(page, 'PATCH', '/me', { locale })
    await page.emulateMedia({ colorScheme: locale === 'de' ? 'dark' : 'light' })
    await page.goto(`${desk.url}/customers/${one.id}`)
    await page.locator('.banner button').click()
    await page.getByRole('dialog').getByRole('radio').first().check()
    await page.locator('dialog .will li').first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), 390, 'nothing sticks out')
    await shot(page, `join-${locale}-390`)
  }
}

await runAll({ mergedAsChosenAndTakenBack, whoStaysIsChosenAndAnybodyIsFound, itFitsAPhoneInEachLanguage })
