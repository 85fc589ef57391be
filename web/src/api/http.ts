/** Calls to the server. A failed call throws a Problem, whose code every locale file has words for. */
/** position and length, in characters from 1, say which part of the value is wrong. */
export interface FieldProblem { field: string; code: string; message: string; position?: number; length?: number; suggestion?: string }

export class Problem extends Error {
  constructor(
    readonly status: number, readonly code: string, readonly title: string, readonly detail: string,
    readonly errors: FieldProblem[] = [], readonly retryAfter = 0, readonly see = '',
  ) { super(detail || title) }
}

export interface Page<T> { items: T[]; next: string | null }
type Query = Record<string, string | number | boolean | null | undefined>
interface Options { query?: Query; body?: unknown; version?: number; signal?: AbortSignal; once?: string; headers?: HeadersInit; keepalive?: boolean }

let whose = () => 0
/** Whom this window is for: who signs in in another one must not be taken for them. */
export function actFor(reader: () => number) { whose = reader }

let signedOut = () => {}
export function onSignedOut(act: () => void) { signedOut = act }

/** A connection may end because somebody was signed out elsewhere, or another account signed in. */
export async function checkSignedIn() {
  const answer = await fetch(address('/session')).catch(() => null)
  const said = answer?.ok ? await answer.json().catch(() => null) as { staff: { id: number } | null } | null : null
  if (said && (said.staff?.id ?? 0) !== whose()) signedOut()
}

export function address(path: string, query: Query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

async function problemOf(answer: Response) {
  const said = await answer.json().catch(() => ({}))
  const code = said.code ?? (answer.status >= 500 ? 'internal' : 'invalid')
  const wait = said.retry_after ?? Number(answer.headers.get('Retry-After') ?? 0)
  return new Problem(answer.status, code, said.title ?? '', said.detail ?? '', said.errors ?? [], wait, said.see ?? '')
}

async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers = new Headers(options.headers)
  const raw = options.body instanceof Blob
  if (method !== 'GET') headers.set('X-Theke-Request', '1')
  if (whose()) headers.set('X-Theke-Staff', String(whose()))
  if (options.body !== undefined && !raw) headers.set('Content-Type', 'application/json')
  if (options.version) headers.set('If-Match', `"${options.version}"`)
  if (options.once) headers.set('Idempotency-Key', options.once)
  const body = raw ? options.body as Blob : options.body === undefined ? undefined : JSON.stringify(options.body)
  let answer: Response
  try {
    answer = await fetch(address(path, options.query), { method, headers, body, signal: options.signal, keepalive: options.keepalive })
  } catch (cause) {
    if ((cause as Error).name === 'AbortError') throw cause
    throw new Problem(0, 'offline', '', '')
  }
  if (answer.ok) return answer
  const problem = await problemOf(answer)
  if (answer.status === 401 && path !== '/session') signedOut()
  throw problem
}

async function call<T>(method: string, path: string, options?: Options): Promise<T> {
  const answer = await send(method, path, options)
  const text = await answer.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const http = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal }),
  post: <T>(path: string, body: unknown = {}, options: Options = {}) => call<T>('POST', path, { ...options, body }),
  put: <T>(path: string, body: unknown, options: Options = {}) => call<T>('PUT', path, { ...options, body }),
  patch: <T>(path: string, body: unknown, version?: number) => call<T>('PATCH', path, { body, version }),
  delete: <T = void>(path: string, body?: unknown) => call<T>('DELETE', path, { body }),
}

/** A key that lets the server recognise a repeated POST. */
export const onceKey = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), part => part.toString(16)).join('-')
