// The first load of the inbox in a real Chromium: node bench/inbox.mjs URL EMAIL PASSWORD
// Prints {"script_bytes", "list_ms"}: bytes of script as they came over the wire (gzip), and the time until a ticket of the list shows.
import { chromium } from '../tests/browser/node_modules/playwright-core/index.mjs'

const [url, email, password] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })

const door = await browser.newContext({ locale: 'de-DE' })
const answer = await door.request.post(url + '/api/v1/session', { data: { email, password }, headers: { 'X-Theke-Request': '1' } })
if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`)
const storageState = await door.storageState()

async function load() {
  const context = await browser.newContext({ storageState, locale: 'de-DE', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const wire = await context.newCDPSession(page)
  const scripts = new Set()
  let bytes = 0
  await wire.send('Network.enable')
  wire.on('Network.responseReceived', event => { if (event.type === 'Script') scripts.add(event.requestId) })
  wire.on('Network.loadingFinished', event => { if (scripts.has(event.requestId)) bytes += event.encodedDataLength })
  const started = performance.now()
  await page.goto(url + '/inbox/unassigned')
  await page.locator('.row .subj').first().waitFor()
  const took = performance.now() - started
  await context.close()
  return { script_bytes: bytes, list_ms: took }
}

const loads = []
for (let i = 0; i < 5; i++) loads.push(await load())
loads.sort((a, b) => a.list_ms - b.list_ms)
console.log(JSON.stringify(loads[2]))
await browser.close()
