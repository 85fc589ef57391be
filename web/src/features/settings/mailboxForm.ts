/** The wish behind the form of a mailbox: what it starts from, what providers need, what is sent. */
import type { Mailbox } from '@/api/types'

export const providers = {
  google: { token_url: 'https://oauth2.googleapis.com/token', inbound: 'imap.gmail.com', outbound: 'smtp.gmail.com' },
  microsoft: { token_url: 'https://login.microsoftonline.com/common/oauth2/v2.0/token', inbound: 'outlook.office365.com', outbound: 'smtp.office365.com' },
}
export type Provider = keyof typeof providers

type Typed<T> = Omit<T, 'has_password' | 'has_refresh_token'>
export interface Wish extends Pick<Mailbox, 'name' | 'address' | 'aliases' | 'team' | 'contact_form'> {
  inbound: Typed<Mailbox['inbound']> & { password: string }
  outbound: Typed<Mailbox['outbound']> & { password: string }
  oauth: Typed<Mailbox['oauth']> & { client_secret: string; refresh_token: string }
}

export function wishOf(mailbox: Mailbox | undefined, team: number): Wish {
  const inbound = { kind: 'imap' as const, host: '', port: 993, security: 'tls' as const, user: '', folder: 'INBOX', auth: 'password' as const }
  const outbound = { host: '', port: 587, security: 'starttls' as const, user: '' }
  return {
    name: mailbox?.name ?? '', address: mailbox?.address ?? '', aliases: [...mailbox?.aliases ?? []], team: mailbox?.team ?? team,
    contact_form: mailbox?.contact_form ?? false,
    inbound: { ...inbound, ...mailbox?.inbound, password: '' }, outbound: { ...outbound, ...mailbox?.outbound, password: '' },
    oauth: { token_url: '', client_id: '', ...mailbox?.oauth, client_secret: '', refresh_token: '' },
  }
}

export function providerOf(wish: Wish): Provider | 'other' {
  const known = (Object.keys(providers) as Provider[]).find(key => providers[key].inbound === wish.inbound.host)
  return known ?? 'other'
}

/** Both providers take IMAP over TLS at 993 and SMTP with STARTTLS at 587, signed in to with XOAUTH2. */
export function choose(wish: Wish, provider: Provider | 'other') {
  if (provider === 'other') {
    if (providerOf(wish) !== 'other') wish.inbound.host = wish.outbound.host = wish.oauth.token_url = ''
    wish.inbound.auth = 'password'
    return
  }
  const { token_url, inbound, outbound } = providers[provider]
  Object.assign(wish.inbound, { kind: 'imap', host: inbound, port: 993, security: 'tls', auth: 'xoauth2' })
  Object.assign(wish.outbound, { host: outbound, port: 587, security: 'starttls' })
  wish.oauth.token_url = token_url
  wish.inbound.user ||= wish.address
  wish.outbound.user ||= wish.address
}

/** An empty secret is not sent: the server keeps the one it has. Nor is what the server alone says. */
export function bodyOf(wish: Wish): unknown {
  const secrets = ['password', 'client_secret', 'refresh_token'], said = ['has_password', 'has_refresh_token']
  return JSON.parse(JSON.stringify(wish, (key, value) => said.includes(key) || secrets.includes(key) && !value ? undefined : value))
}
