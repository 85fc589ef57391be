// Customers in a real browser: who wrote, what is known of them, and who else takes part.
import { expect, runAll, until } from './desk.mjs'

const letter = { subject: 'Meine Rechnung stimmt nicht', text: 'Da steht 12 statt 10.', requester: { email: 'ana@nordlicht.example', name: 'Ana Kovács' } }

async function aCustomerIsFoundAndChanged(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const ticket = (await desk.api(page, 'POST', '/tickets', letter)).json
  await page.goto(desk.url + '/inbox/unassigned')
  await page.getByRole('heading', { name: 'Nicht zugewiesen' }).first().waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.waitForURL('**/customers')
  await page.getByLabel('Name, Adresse, Nummer oder Firma').fill('kov')
  await page.getByRole('link', { name: /Ana Kovács/ }).click()
  await page.getByText('Meine Rechnung stimmt nicht').waitFor()
  await page.getByRole('button', { name: 'Bearbeiten' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Ana Szabó')
  await page.getByLabel('Sprache').selectOption('hu')
  await page.getByLabel('Notizen').fill('Ruft abends an.')
  await page.getByLabel('Adresse oder Nummer').fill('+49 30 1234')
  await page.getByRole('button', { name: 'Hinzufügen', exact: true }).click()
  await page.getByRole('link', { name: '+49 30 1234' }).waitFor()
  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.getByText('Ruft abends an.').waitFor()
  const person = (await desk.api(page, 'GET', `/people/${ticket.requester.id}`)).json
  expect([person.name, person.locale, person.notes, person.identities.map(each => each.channel)], ['Ana Szabó', 'hu', 'Ruft abends an.', ['email', 'phone']])
}

async function lettersGoWhereTheyAreSent(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const identities = ['ana@nordlicht.example', 'ana@suedlicht.example'].map(value => ({ channel: 'email', value }))
  const ana = (await desk.api(page, 'POST', '/people', { name: 'Ana', identities })).json
  const mainAddress = async () => (await desk.api(page, 'GET', `/people/${ana.id}`)).json.identities.find(each => each.main)?.value
  await page.goto(`${desk.url}/customers/${ana.id}`)
  const main = page.locator('.identities > li', { hasText: 'Hauptadresse' })
  await main.getByRole('link', { name: 'ana@nordlicht.example' }).waitFor()
  await page.getByRole('button', { name: 'Bearbeiten' }).click()
  await page.getByRole('button', { name: 'Briefe künftig an ana@suedlicht.example senden' }).click()
  await main.getByRole('link', { name: 'ana@suedlicht.example' }).waitFor()
  expect(await mainAddress(), 'ana@suedlicht.example')
  await page.locator('.toast').getByRole('button', { name: 'Rückgängig' }).click()
  await main.getByRole('link', { name: 'ana@nordlicht.example' }).waitFor()
  expect(await mainAddress(), undefined)
}

async function aCompanyGathersItsPeople(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  await desk.api(page, 'POST', '/tickets', letter)
  await page.goto(desk.url + '/customers/companies')
  await page.getByRole('button', { name: 'Neue Firma' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Nordlicht')
  await page.getByLabel('Domains').fill('gmail.com')
  await page.getByRole('button', { name: 'Anlegen' }).click()
  await page.getByText('Bei diesem Anbieter kann jeder eine Adresse haben').waitFor()
  await page.getByRole('button', { name: 'gmail.com entfernen' }).click()
  await page.getByLabel('Domains').fill('nordlicht.example')
  await page.getByRole('button', { name: 'Anlegen' }).click()
  await page.getByRole('heading', { name: 'Nordlicht' }).waitFor()
  await page.getByRole('link', { name: /Ana Kovács/ }).waitFor()
}

async function whoTakesPartStandsBesideTheTicket(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const first = (await desk.api(page, 'POST', '/tickets', { ...letter, subject: 'Erster Vorgang' })).json
  const ticket = (await desk.api(page, 'POST', '/tickets', letter)).json
  await page.goto(`${desk.url}/inbox/all/${ticket.id}`)
  const panel = page.locator('aside.context')
  await panel.getByText('Erster Vorgang').waitFor()
  expect(await panel.locator('form').count(), 0, 'forms that nobody asked for')
  await panel.getByRole('button', { name: 'Person beteiligen' }).click()
  await panel.getByLabel('E-Mail-Adresse').fill('ben@example.org')
  await panel.getByRole('button', { name: 'Hinzufügen', exact: true }).click()
  await panel.getByRole('link', { name: 'ben@example.org' }).waitFor()
  await panel.getByRole('switch', { name: /ben@example.org/ }).uncheck()
  const people = async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}/participants`)).json.items
  await until('switching off', async () => (await people())[1].active === false)
  await panel.getByRole('button', { name: 'Vorgang verknüpfen' }).click()
  await panel.getByLabel('Nummer des Vorgangs').fill(String(first.number))
  await panel.getByRole('button', { name: 'Verknüpfen', exact: true }).click()
  await panel.getByRole('link', { name: /Hängt zusammen mit/ }).waitFor()
  await until('the link', async () => (await desk.api(page, 'GET', `/tickets/${ticket.id}/links`)).json.items.length === 1)
  await panel.getByRole('button', { name: 'ben@example.org zur anfragenden Person machen' }).click()
  await until('the requester', async () => (await people())[0].person.email === 'ben@example.org')
}

async function whatChangesBesideATicketCanBeTakenBack(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const first = (await desk.api(page, 'POST', '/tickets', { ...letter, subject: 'Erster Vorgang' })).json
  const ticket = (await desk.api(page, 'POST', '/tickets', letter)).json
  await desk.api(page, 'POST', `/tickets/${first.id}/links`, { ticket: ticket.id, kind: 'parent' })
  const of = async part => (await desk.api(page, 'GET', `/tickets/${ticket.id}/${part}`)).json.items
  const people = async () => (await of('participants')).map(each => [each.person.email, each.role, each.active])
  const links = async () => (await of('links')).map(each => [each.id, each.kind])
  const back = async (what, ask, wanted) => {
    await page.locator('.toast').getByRole('button', { name: /Rückgängig/ }).click()
    await until(what, async () => JSON.stringify(await ask()) === JSON.stringify(wanted))
  }
  await page.goto(`${desk.url}/inbox/all/${ticket.id}`)
  const panel = page.locator('aside.context')
  await panel.getByRole('button', { name: 'Person beteiligen' }).click()
  await page.keyboard.press('Escape')
  expect(await panel.locator('form').count(), 0, 'Escape puts the form away')
  await panel.getByRole('button', { name: 'Person beteiligen' }).click()
  await panel.getByLabel('E-Mail-Adresse').fill('ben@example.org')
  await panel.getByRole('button', { name: 'Hinzufügen', exact: true }).click()
  await panel.getByRole('link', { name: 'ben@example.org' }).waitFor()
  await back('not taking part', people, [['ana@nordlicht.example', 'requester', true]])
  await desk.api(page, 'POST', `/tickets/${ticket.id}/participants`, { email: 'ben@example.org', role: 'third_party' })
  const both = await people()
  await panel.getByRole('switch', { name: /ben@example.org/ }).uncheck()
  await back('taking part again', people, both)
  await panel.getByRole('button', { name: 'ben@example.org entfernen' }).click()
  await panel.getByRole('link', { name: 'ben@example.org' }).waitFor({ state: 'detached' })
  await back('coming back', people, both)
  await panel.getByRole('button', { name: 'ben@example.org zur anfragenden Person machen' }).click()
  await until('the requester', async () => (await people())[0][0] === 'ben@example.org')
  await back('the first requester', async () => (await people())[0].slice(0, 2), ['ana@nordlicht.example', 'requester'])
  await panel.getByRole('button', { name: /^Verknüpfung mit/ }).click()
  await until('no link', async () => !(await links()).length)
  await back('the link from the other side', links, [[first.id, 'parent_of']])
  await panel.getByRole('button', { name: 'Bearbeiten' }).click()
  await panel.getByLabel('Name', { exact: true }).fill('Ana Szabó')
  await panel.getByRole('button', { name: 'Speichern' }).click()
  const name = async () => (await desk.api(page, 'GET', `/people/${ticket.requester.id}`)).json.name
  await until('the new name', async () => await name() === 'Ana Szabó')
  await back('the old name', name, 'Ana Kovács')
}

async function anAddressOfAnotherPointsToThem(desk) {
  const page = await desk.page()
  await desk.setUp(page)
  const ana = (await desk.api(page, 'POST', '/people', { name: 'Ana', identities: [{ channel: 'email', value: 'ana@example.org' }] })).json
  const ben = (await desk.api(page, 'POST', '/people', { name: 'Ben', identities: [{ channel: 'email', value: 'ben@example.org' }] })).json
  await page.goto(`${desk.url}/customers/${ben.id}`)
  await page.getByRole('button', { name: 'Bearbeiten' }).click()
  await page.getByLabel('Adresse oder Nummer').fill('ana@example.org')
  await page.getByRole('button', { name: 'Hinzufügen', exact: true }).click()
  await page.getByText('Das gehört schon zu einer anderen Person').waitFor()
  await page.getByRole('link', { name: 'Diese Person öffnen' }).click()
  await page.waitForURL(`**/customers/${ana.id}`)
}

runAll({ aCustomerIsFoundAndChanged, lettersGoWhereTheyAreSent, aCompanyGathersItsPeople, whoTakesPartStandsBesideTheTicket, whatChangesBesideATicketCanBeTakenBack, anAddressOfAnotherPointsToThem })
