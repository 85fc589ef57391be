// Shows sanitised attacks in a real browser and watches whether anything comes alive.
//
//     THEKE_ATTACKS_OUT=attacks.out build/wire_html_attacks_test
//     node tests/browser/html_attacks.mjs attacks.out
//
// Each one is put into a page by innerHTML (twice, the second time from what the browser wrote of the first), into a
// frame by srcdoc, and into a page of its own in standards and in quirks mode. None of these has a sandbox or a
// policy that would help. What counts: a call of hit, alert, confirm, prompt or print; a dialog; a request;
// a navigation; a new window; an element or attribute that is not on the list; an element that leaves its place; and
// a tree that is not the one we wrote.
import { createRequire } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'

const require = createRequire(import.meta.url)
const { chromium } = require('playwright-core')

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const attacks = readFileSync(process.argv[2], 'utf8').split('\x1e').slice(0, -1)

const guard = `window.hits = []
  for (const name of ['hit', 'alert', 'confirm', 'prompt', 'print', 'open'])
    window[name] = (...a) => { (top.hits ?? hits).push(name + '(' + a + ')') }
  addEventListener('click', (e) => e.preventDefault(), true)`

// Runs in the page: what is wrong with what stands in root, as words.
function inspect(root, expected) {
  const elements = ('a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em ' +
    'font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td ' +
    'tfoot th thead time tr tt u ul var wbr').split(' ')
  const attributes = ('align alt bgcolor border cellpadding cellspacing clear color colspan data-remote-src datetime dir face ' +
    'height hidden href lang nowrap rel rowspan size span src start style target title type valign value width').split(' ')
  const wrong = []
  for (const e of root.querySelectorAll('*')) {
    if (!elements.includes(e.localName) || e.namespaceURI !== 'http://www.w3.org/1999/xhtml') wrong.push('element ' + e.localName)
    for (const a of e.attributes) if (!attributes.includes(a.name)) wrong.push('attribute ' + a.name)
    if (e.href && !/^(https?|mailto|tel):/.test(e.href)) wrong.push('link ' + e.href)
    if (e.href && (e.target !== '_blank' || !/noopener/.test(e.rel))) wrong.push('open link')
    if (e.localName === 'img' && e.getAttribute('src') && !/^data:image\/(png|jpeg|gif|webp);/.test(e.src)) wrong.push('image ' + e.src)
    const style = e.ownerDocument.defaultView?.getComputedStyle(e)
    if (style && style.position !== 'static') wrong.push('position ' + style.position)
    if (style && /url\(/.test(style.backgroundImage + style.listStyleImage + style.content)) wrong.push('style with url')
    for (const type of ['click', 'mouseover', 'focus', 'error', 'load', 'toggle', 'animationstart', 'pointerenter'])
      e.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }))
  }
  // Our spelling of the tree and the browser's differ only in what they escape.
  const plain = (html) => html.replace(/&nbsp;/g, '\u00a0').replace(/&lt;/g, '\u0001').replace(/&gt;/g, '\u0002')
    .replace(/&quot;|&#39;|&#96;/g, (m) => ({ '&quot;': '\u0003', '&#39;': "'", '&#96;': '`' })[m])
  const text = (html) => plain(html).replace(/<[^>]*>|"/g, (m) => (m === '"' ? '\u0003' : m))
  const pre = (html) => html.replace(/<pre([^>]*)>\n+/g, '<pre$1>') // browsers lose a line feed there in each round
  if (pre(text(expected)) !== pre(text(root.innerHTML))) wrong.push('another tree: ' + root.innerHTML)
  return wrong
}

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
const context = await browser.newContext()
let happened = []
await context.route('**/*', (route) => {
  const url = route.request().url()
  if (!/^http:\/\/desk\.example\/(standards|quirks)$/.test(url)) {
    if (!url.startsWith('data:image/')) happened.push('request ' + url)
    return route.abort()
  }
  const doctype = url.endsWith('standards') ? '<!DOCTYPE html>' : ''
  return route.fulfill({ contentType: 'text/html; charset=utf-8', body: `${doctype}<script>${guard}</script><body>` })
})

async function openPage(mode) {
  const page = await context.newPage()
  page.on('dialog', (d) => { happened.push('dialog'); d.dismiss() })
  page.on('popup', () => happened.push('popup'))
  await page.goto(`http://desk.example/${mode}`)
  page.on('framenavigated', (f) => { if (!/^about:(srcdoc|blank)$/.test(f.url())) happened.push('navigation ' + f.url()) })
  return page
}

// Runs in the page.
async function show({ html, inspectSource }) {
  const inspect = new Function('return ' + inspectSource)()
  const wrong = []
  const box = document.createElement('div')
  document.body.append(box)
  box.innerHTML = html
  wrong.push(...inspect(box, html))
  box.innerHTML = String(box.innerHTML)
  wrong.push(...inspect(box, html))
  const frame = document.createElement('iframe')
  frame.srcdoc = '<!DOCTYPE html><body>' + html
  const loaded = new Promise((done) => { frame.onload = done; setTimeout(done, 3000) })
  document.body.append(frame)
  await loaded
  if (frame.contentDocument?.body) wrong.push(...inspect(frame.contentDocument.body, html))
  await new Promise((done) => setTimeout(done, 5))
  frame.remove()
  box.remove()
  if (document.body.childElementCount > 0) wrong.push('the page around it changed')
  wrong.push(...window.hits.splice(0))
  return [...new Set(wrong)]
}

// If this one is not caught, no other would be.
const canary = await openPage('standards')
const caught = await canary.evaluate(show, { html: '<img src=x onerror=hit(1)>', inspectSource: String(inspect) })
if (!caught.includes('hit(1)') || !caught.includes('attribute onerror') || happened.length === 0) {
  console.log('FAIL the watch is asleep')
  process.exit(1)
}

let failed = 0
for (const mode of ['standards', 'quirks']) {
  let page = await openPage(mode)
  for (const [number, html] of attacks.entries()) {
    happened = []
    let wrong = await page.evaluate(show, { html, inspectSource: String(inspect) }).catch((e) => [String(e)])
    wrong = [...new Set([...wrong, ...happened])]
    if (wrong.length === 0) continue
    failed++
    console.log(`FAIL ${mode} ${number + 1}: ${html.slice(0, 300)}\n     ${wrong.join('\n     ').slice(0, 600)}`)
    await page.close()
    page = await openPage(mode)
  }
  await page.close()
}
await browser.close()
console.log(`${attacks.length * 2 - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
