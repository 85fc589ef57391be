// A whole Theke and a real Chromium for one test: the program on a fresh SQLite store, its first-run link, pages.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const program = process.env.THEKE ?? path.join(root, 'build/theke')
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

// One Chromium for all tests of a file; each has contexts of its own.
let chrome = null
const launch = () => chrome ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })

export class Desk {
  async open() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'theke-browser-'))
    await this.start()
    this.browser = await launch()
    this.problems = []
  }

  // A restarted server comes back where its pages look for it.
  async start(port = 0) {
    this.server = spawn(program, ['serve', '--data', this.folder, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.log = ''
    this.server.stderr.on('data', data => { this.log += data })
    await new Promise((resolve, reject) => {
      let said = ''
      this.server.on('exit', code => reject(new Error(`theke ended with ${code}: ${this.log}`)))
      this.server.stdout.on('data', data => {
        said += data
        const ready = said.match(/ready (\S+)/)
        if (!ready) return
        this.url = ready[1]
        this.setupLink ??= said.match(/first run: (\S+)/)?.[1]
        resolve()
      })
    })
  }

  async kill() {
    this.server.removeAllListeners('exit')
    this.server.kill('SIGKILL')
    await new Promise(done => this.server.once('close', done))
  }

  restart() { return this.start(new URL(this.url).port) }

  // Runs the program once on the same store.
  run(args, input = '') {
    const done = spawnSync(program, [...args, '--data', this.folder], { input, encoding: 'utf8' })
    if (done.status) throw new Error(`theke ${args.join(' ')}: ${done.stderr}`)
    return done.stdout
  }

  // Another person at another browser.
  async colleague(name, role = 'agent') {
    const email = `${name.toLowerCase()}@theke.test`
    this.run(['user', 'add', email, '--name', name, '--role', role, '--password-stdin'], 'noch ein Passwort\n')
    const page = await this.page({}, await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'de-DE' }))
    await this.signIn(page, email, 'noch ein Passwort')
    return page
  }

  async signIn(page, email, password) {
    await page.goto(this.url + '/sign-in')
    await page.locator('[name=email]').fill(email)
    await page.locator('[name=password]').fill(password)
    await page.getByRole('button', { name: 'Anmelden' }).click()
    await page.waitForURL(/inbox/)
  }

  async page(options = {}, context = null) {
    this.context ??= await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'de-DE', ...options })
    const page = await (context ?? this.context).newPage()
    page.on('pageerror', error => this.problems.push(`page error: ${error.message}`))
    page.on('response', answer => { if (answer.status() >= 500) this.problems.push(`${answer.status()} ${answer.url()}`) })
    return page
  }

  // The first administrator, made in the page that the first start names.
  async setUp(page) {
    await page.goto(this.setupLink)
    await page.locator('input[autocomplete=organization]').fill('Nordlicht Kaffeetechnik')
    await page.locator('input[autocomplete=name]').fill('Jana Petersen')
    await page.locator('input[type=email]').fill('jana@theke.test')
    await page.locator('input[type=password]').fill('ein gutes Passwort')
    const made = page.waitForResponse(answer => answer.url().endsWith('/api/v1/setup') && answer.ok())
    await page.getByRole('button', { name: 'Theke öffnen' }).click()
    await made
  }

  // The same without its page.
  async begin(page) {
    const made = await page.context().request.post(`${this.url}/api/v1/setup`, {
      headers: { 'X-Theke-Request': '1', Origin: this.url },
      data: { token: this.setupLink.split('#')[1], email: 'jana@theke.test', name: 'Jana Petersen', password: 'ein gutes Passwort', company: 'Nordlicht Kaffeetechnik', locale: 'de' } })
    if (!made.ok()) throw new Error(`set-up: ${made.status()} ${await made.text()}`)
  }

  // Speaks with the API as the signed-in person.
  api(page, method, url, body) {
    return page.evaluate(async ([method, url, body]) => {
      const answer = await fetch('/api/v1' + url, {
        method, headers: { 'Content-Type': 'application/json', 'X-Theke-Request': '1' }, body: body && JSON.stringify(body) })
      return { status: answer.status, json: answer.status === 204 ? null : await answer.json() }
    }, [method, url, body])
  }

  // One letter as a mail server hands it over: the exit code of 'theke mail deliver'.
  deliver(letter, to) {
    const child = spawn(program, ['mail', 'deliver', '--data', this.folder, ...(to ? ['--to', to] : [])], { stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.end(letter.replace(/\r?\n/g, '\r\n'))
    return new Promise(resolve => child.on('exit', resolve))
  }

  async close() {
    this.servers?.forEach(server => server.close())
    for (const context of this.browser?.contexts() ?? []) await context.close()
    this.server?.removeAllListeners('exit')
    const gone = new Promise(done => this.server ? this.server.on('exit', done) : done())
    this.server?.kill('SIGTERM')
    if (this.server?.exitCode === null) await gone
    if (this.folder) rmSync(this.folder, { recursive: true, force: true })
  }
}

// A mail server that takes letters, or refuses them with the words of 'refusal' as long as there are any.
export class MailServer {
  letters = []
  refusal = ''
  async open(desk) {
    this.server = net.createServer(socket => this.serve(socket))
    await new Promise(done => this.server.listen(0, '127.0.0.1', done))
    this.port = this.server.address().port
    ;(desk.servers ??= []).push(this.server)
    return this
  }

  serve(socket) {
    let kept = '', letter = null
    const say = line => socket.write(line + '\r\n')
    say('220 sink.test ready')
    socket.on('error', () => {})
    socket.on('data', data => {
      kept += data
      for (let at; (at = kept.indexOf('\r\n')) >= 0;) {
        const line = kept.slice(0, at)
        kept = kept.slice(at + 2)
        if (letter === null) letter = this.answer(line.toUpperCase(), say, socket)
        else if (line === '.') { this.letters.push(letter.join('\n')); letter = null; say('250 taken') }
        else letter.push(line.replace(/^\./, ''))
      }
    })
  }

  answer(line, say, socket) {
    if (line.startsWith('EHLO')) say('250 sink.test')
    else if (line.startsWith('RCPT') && this.refusal) say(this.refusal)
    else if (line === 'DATA') { say('354 go on'); return [] }
    else if (line === 'QUIT') { say('221 bye'); socket.end() }
    else say('250 ok')
    return null
  }
}

// Signed in as the first administrator, at a view of the inbox.
export async function atTheInbox(desk, view = 'unassigned') {
  const page = await desk.page()
  await desk.begin(page)
  await page.goto(`${desk.url}/inbox/${view}`)
  await page.locator('.list-head h1').first().waitFor()
  return page
}

export async function ticketOf(desk, page, subject, more = {}) {
  const made = await desk.api(page, 'POST', '/tickets', { subject, text: `Es geht um: ${subject}`, requester: { email: 'ana@kunde.example', name: 'Ana Huber' }, ...more })
  expect(made.status, 201, subject)
  return made.json
}

export async function openTicket(page, subject) {
  await page.locator('.row', { hasText: subject }).click()
  await page.locator('.conv:not([inert]) .conv-head h1', { hasText: subject }).waitFor()
}

// Runs the tests one after the other, each on a desk of its own, and prints the counting line.
export async function runAll(tests) {
  let passed = 0, failed = 0
  for (const [name, run] of Object.entries(tests)) {
    const desk = new Desk()
    try {
      await desk.open()
      await run(desk)
      if (desk.problems.length) throw new Error(desk.problems.join('\n'))
      passed++
      console.log(`ok   ${name}`)
    } catch (error) {
      failed++
      console.log(`FAIL ${name}\n${error.stack}`)
    } finally {
      await desk.close()
    }
  }
  console.log(`${passed} passed, ${failed} failed`)
  await (await chrome)?.close()
  process.exit(failed ? 1 : 0)
}

// Waits until the asking answers with something true.
export async function until(what, ask, seconds = 10) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const got = await ask()
    if (got) return got
    await new Promise(done => setTimeout(done, 100))
  }
  throw new Error(`${what} did not happen in ${seconds} s`)
}

export function expect(got, wanted, what = '') {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`${what} got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`)
}

// So many are there, soon: what the page shows follows what the server said.
export async function counts(locator, wanted, what = 'things') {
  let got
  await until(`${wanted} ${what}`, async () => (got = await locator.count()) === wanted).catch(cause => { throw new Error(`${cause.message}, there are ${got}`) })
}
