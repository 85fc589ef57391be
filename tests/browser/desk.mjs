// A whole Theke and a real Chromium for one test: the program on a fresh SQLite store, its first-run link, pages.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const program = process.env.THEKE ?? path.join(root, 'build/theke')
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

export class Desk {
  async open() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'theke-browser-'))
    this.server = spawn(program, ['serve', '--data', this.folder, '--listen', '127.0.0.1:0'],
      { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve, reject) => {
      let said = ''
      this.server.on('exit', code => reject(new Error(`theke ended with ${code}`)))
      this.server.stdout.on('data', data => {
        said += data
        const ready = said.match(/ready (\S+)/)
        if (!ready) return
        this.url = ready[1]
        this.setupLink = said.match(/first run: (\S+)/)?.[1]
        resolve()
      })
    })
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
    this.problems = []
  }

  async page(options = {}) {
    this.context ??= await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'de-DE', ...options })
    const page = await this.context.newPage()
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
    await page.getByRole('button', { name: 'Theke öffnen' }).click()
    await page.waitForResponse(answer => answer.url().endsWith('/api/v1/setup') && answer.ok())
  }

  // Speaks with the API as the signed-in person.
  api(page, method, url, body) {
    return page.evaluate(async ([method, url, body]) => {
      const answer = await fetch('/api/v1' + url, {
        method, headers: { 'Content-Type': 'application/json', 'X-Theke-Request': '1' }, body: body && JSON.stringify(body) })
      return { status: answer.status, json: answer.status === 204 ? null : await answer.json() }
    }, [method, url, body])
  }

  async close() {
    await this.browser?.close()
    this.server?.removeAllListeners('exit')
    this.server?.kill('SIGTERM')
    if (this.folder) rmSync(this.folder, { recursive: true, force: true })
  }
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
  process.exit(failed ? 1 : 0)
}

export function expect(got, wanted, what = '') {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`${what} got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`)
}
