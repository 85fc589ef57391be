/** The form of a topic for everybody. It works without this; with it, questions appear as they are needed, and chosen files stay when something is wrong. */
const form = () => document.querySelector<HTMLFormElement>('#request')
const files = () => document.querySelector<HTMLInputElement>('#files')

async function ask(path: string, data: FormData) {
  const answer = await fetch(path, { method: 'POST', body: data, headers: { Accept: 'text/html' } })
  return { answer, page: new DOMParser().parseFromString(await answer.text(), 'text/html') }
}

/** What is typed into stays as it is: only what appears, goes or changes its meaning is put in place. */
function place(now: Element, then: Element) {
  const had = new Map([...now.children].map(each => [each.querySelector('[name]')?.getAttribute('name'), each]))
  now.replaceChildren(...[...then.children].filter(each => each.localName !== 'noscript').map(each => {
    const field = each.querySelector('[name]'), old = had.get(field?.getAttribute('name'))
    if (!field || !old || field.hasAttribute('required') !== old.querySelector('[name]')!.hasAttribute('required')) return document.adoptNode(each)
    return old
  }))
}

let asked = 0
async function refresh() {
  const mine = ++asked, data = new FormData(form()!)
  data.delete('files')
  const path = form()!.action.replace('?', '/fields?')
  const found = await ask(path, data).catch(() => null)
  const then = found?.page.querySelector('#asked'), now = document.querySelector('#asked')
  if (mine !== asked || !then || !now) return
  const at = document.activeElement?.id
  place(now, then)
  if (at && document.activeElement?.id !== at) document.getElementById(at)?.focus()
}

/** The server's limit, before anything travels. */
function isTooMuch() {
  const chosen = [...files()?.files ?? []], most = Number(files()?.dataset.most)
  const is = chosen.length > 5 || chosen.reduce((sum, each) => sum + each.size, 0) > most
  const words = document.querySelector<HTMLElement>('#files-wrong')
  if (words) words.hidden = !is
  files()?.setAttribute('aria-invalid', String(is))
  if (is) files()?.focus()
  return is
}

const GONE = 404
/** What the server says in place of the form stands above it: nothing that was written is lost. */
function refuse(main: Element) {
  const box = document.querySelector<HTMLElement>('#refusal') ?? document.createElement('div')
  Object.assign(box, { id: 'refusal', className: 'banner error', tabIndex: -1 })
  box.setAttribute('role', 'alert')
  const title = document.createElement('b')
  title.textContent = main.querySelector('h1')?.textContent ?? ''
  box.replaceChildren(title, ' ', main.querySelector('p')?.textContent ?? '')
  form()!.before(box)
  box.focus()
}

async function send(button: HTMLButtonElement | null) {
  if (isTooMuch() || button?.getAttribute('aria-busy') === 'true') return
  button?.setAttribute('aria-busy', 'true')
  try {
    const { answer, page } = await ask(form()!.action, new FormData(form()!))
    if (answer.redirected) return location.replace(answer.url)
    const main = page.querySelector('main'), chosen = files()
    if (!main) return form()!.submit()
    if (!page.querySelector('#request') && !answer.ok && answer.status !== GONE) return refuse(main)
    document.querySelector('main')!.replaceWith(document.adoptNode(main))
    if (chosen) files()?.replaceWith(chosen)
    document.querySelector<HTMLElement>('#refusal')?.focus()
  } catch { form()!.submit() } finally { button?.removeAttribute('aria-busy') }
}

document.addEventListener('change', event => {
  if (event.target instanceof Element && event.target.closest('#asked')) void refresh()
  if (event.target === files()) isTooMuch()
})
document.addEventListener('submit', event => {
  if (event.target !== form()) return
  event.preventDefault()
  void send((event as SubmitEvent).submitter as HTMLButtonElement | null)
})
