/** Names for what the API speaks of. All of it is made from the server's description: a renamed field fails the build. */
import type { components } from './schema'

type Schemas = components['schemas']
type Item<T extends { items: unknown[] }> = T['items'][number]

export type Ticket = Schemas['Ticket']
export type TicketPatch = Schemas['TicketPatch']
export type Priority = Ticket['priority']
export type TicketState = Schemas['TicketState']
export type TransitionList = Schemas['TransitionList']
export type Message = Schemas['Message']
export type Audience = Message['audience']
export type Address = Schemas['MessageAddress']
export type Upload = Schemas['Upload']
export type Delivery = NonNullable<Schemas['Delivery']>
export type Threading = NonNullable<Schemas['Threading']>
export type Participant = Item<Schemas['ParticipantList']>
export type TicketLink = Item<Schemas['LinkList']>
export type ChecklistItem = Item<Schemas['Checklist']>
export type Operation = Schemas['Operation']
export type TicketUpdate = Schemas['Update']
export type Recording = Item<Schemas['History']>
export type DraftMark = Item<Schemas['DraftList']>
export type Counters = Schemas['Counters']
export type Tag = Item<Schemas['TagList']>
export type TagChange = Schemas['TagChange']
export type TagAlias = Schemas['TagAlias']
export type SpamSender = Schemas['SpamSender']
export type SpamFilter = Schemas['SpamFilter']
export type SpamSign = Schemas['SpamSign']
export type SpamVerdict = Schemas['SpamVerdict']
export type TicketSpam = Schemas['TicketSpam']
export type RequestForm = Schemas['RequestForm']
export type Field = Schemas['Field']
export type FieldRule = Schemas['FieldRule']
export type TicketFormAsk = Schemas['TicketFormAsk']
export type TicketForm = Schemas['TicketForm']
export type NumberFormat = Schemas['NumberFormat']
export type NumberFormatCreate = Schemas['NumberFormatCreate']
export type Found = Schemas['Found']
export type ReplyDefaults = Schemas['ReplyDefaults']

export type Contact = Schemas['Contact']
export type Identity = Schemas['Identity']
export type ContactRow = Item<Schemas['ContactPage']>
export type Duplicate = Item<Schemas['DuplicateList']>
export type PersonMergePreview = Schemas['PersonMergePreview']
export type Company = Schemas['Company']

export type Me = Schemas['Me']
export type Locale = Me['locale']
export type Role = Me['role']
export type Session = Schemas['Session']
export type Staff = Schemas['StaffMember']
export type Team = Schemas['Team']
export type RoleRights = Schemas['Role']
export type Scope = RoleRights['permissions'][string]
export type OwnSession = Item<Schemas['SessionList']>
export type Token = Item<Schemas['TokenList']>
export type MadeToken = Schemas['TokenMade']
export type Invitation = Schemas['Invitation']
export type InvitationLink = Schemas['InvitationLink']
export type Invited = Item<Schemas['InvitationList']>
export type TotpOffer = Schemas['TotpOffer']
export type RecoveryCodes = Schemas['RecoveryCodes']
export type Settings = Schemas['Settings']
export type EventPage = Schemas['EventPage']
export type AuditEvent = Item<EventPage>

export type Mailbox = Schemas['Mailbox']
export type MailboxTest = Schemas['MailboxTest']
export type TestStep = MailboxTest['steps'][number]
export type MailState = Schemas['MailState']
export type ParkedPage = Schemas['ParkedMailList']
export type ParkedMail = Item<Schemas['ParkedMailList']>
