/** What the API speaks of. Tickets and messages come from the server's description; a renamed field fails the build. */
import type { components } from './schema'

type Schemas = components['schemas']
export type Ticket = Schemas['Ticket']
export type TicketPatch = Schemas['TicketPatch']
export type Priority = Ticket['priority']
export type Audience = Schemas['Message']['audience']
export interface Address { email: string; name?: string | null }
export interface Attachment { id: number; name: string; media_type: string; size: number; inline?: boolean; content_id?: string | null }
export type Upload = Omit<Attachment, 'inline' | 'content_id'>
export interface Delivery { state: 'held' | 'queued' | 'sending' | 'sent' | 'failed' | 'bounced' | 'cancelled'; detail?: string | null }
export interface Threading { decision: string; reasons: string[] }
export interface Report { kind: 'bounce' | 'vacation' | 'feedback'; recipients?: { address: string; status: string; permanent: boolean; detail?: string }[] }
type Loose = 'attachments' | 'delivery' | 'threading' | 'report' | 'from' | 'to' | 'cc' | 'bcc'
export type Message = Omit<Schemas['Message'], Loose> & {
  attachments: Attachment[]; delivery: Delivery | null; threading: Threading | null; report: Report | null
  from: Address; to: Address[]; cc: Address[]; bcc?: Address[]
}
export interface DraftForm { html: string; text: string; to: string; cc: string; bcc: string; files: Upload[] }
export interface DraftContent { public?: DraftForm; internal?: DraftForm; saved: number }
export interface Draft { audience: Audience; content: DraftContent }
export interface Counters { mine: number; unassigned: number; open: number; drafts: number; teams: { id: number; open: number; unassigned: number }[] }
export type Locale = 'de' | 'en' | 'hu'
export type Words = Record<Locale, string>
export interface TicketState { key: string; category: Ticket['category']; labels: { agent: Words; customer: Words } }
export type Role = 'admin' | 'manager' | 'agent'
export interface Staff { id: number; name: string; email: string; role: Role; state: 'invited' | 'active' | 'disabled'; teams: number[]; totp?: boolean; version?: number }
export interface Me extends Omit<Staff, 'state' | 'totp'> {
  locale: Locale; zone: string; permissions: Record<string, string>; totp: boolean; theme?: string; keys_enabled?: boolean
}
export interface Session { staff: Me | null; setup_needed: boolean; company: string; version: string }
export interface Team {
  id: number; name: string; language?: Locale; reopen_days: number; signature_html: string; auto_reply: boolean
  auto_reply_text: string; members: number[]; version?: number
}
export type Contact = Schemas['Contact']
export type Identity = Schemas['Identity']
export type ContactRow = Schemas['ContactPage']['items'][number]
export type Company = Schemas['Company']
export type Participant = Schemas['ParticipantList']['items'][number]
export type TicketLink = Schemas['LinkList']['items'][number]
export interface OwnSession { id: number; address?: string | null; agent?: string | null; created_at: string; seen_at: string; current: boolean }
export interface RoleRights { name: Role; permissions: Record<string, string> }
export interface AuditEvent { id: number; at: string; kind: string; actor: { kind: string; id: number | null }; cause?: string | null; data: Record<string, unknown> }
export interface Token { id: number; label: string; created_at: string; last_used_at: string | null; token?: string }
export type Security = 'tls' | 'starttls' | 'none'
export interface Inbound {
  kind: 'imap' | 'lmtp'; host: string; port: number; security: Security; user: string; password?: string; has_password?: boolean
  folder: string; auth: 'password' | 'xoauth2'
}
export interface Outbound { host: string; port: number; security: Security; user: string; password?: string; has_password?: boolean }
export interface Oauth { token_url: string; client_id: string; client_secret?: string; refresh_token?: string; has_refresh_token?: boolean }
export interface Mailbox {
  id: number; name: string; address: string; aliases: string[]; team: number; contact_form: boolean
  inbound: Inbound; outbound: Outbound; oauth: Oauth; parked_count: number; version: number
  health: { state: 'ok' | 'failing' | 'off'; since: string | null; last_ok_at: string | null; in_error: string | null; out_error: string | null; tripped_at: string | null }
}
export interface TestStep { key: string; ok: boolean; detail: string; ms: number }
export interface ParkedMail { id: number; received_at: string; from?: string; subject?: string; size: number; reason: string; is_partial: boolean }
export interface Settings { company: string; locale: Locale; version?: number }
export interface Hit { message: number; snippet: string }
export type Found = Ticket & { hits: Hit[] }
