/* mailboxes.h - the addresses we are reached at by mail: how their mail is fetched and sent, and how they fare. */
#ifndef THEKE_CHANNELS_MAILBOXES_MAILBOXES_H
#define THEKE_CHANNELS_MAILBOXES_MAILBOXES_H

#include "base/secret.h"
#include "platform/store/store.h"

/* One side's server. */
struct mail_server {
    struct text host, user;
    int64_t port;
    struct text security;         /* "tls", "starttls" or "none" */
    struct text sealed;           /* password, sealed with the installation's key; no text: none */
};

struct mailbox {
    mailbox_id id;
    struct text name, address;    /* address in lower case */
    team_id team;
    bool fetches;                 /* by IMAP; else the mail server delivers by LMTP */
    bool uses_oauth;              /* XOAUTH2 on both sides instead of passwords */
    bool is_contact_form;         /* a web form writes from our own address: Reply-To is the person */
    struct mail_server in, out;   /* out.host empty: can't send */
    struct text folder;
    struct text oauth_token_url, oauth_client, oauth_secret, oauth_refresh; /* the last two sealed */
    int64_t generation;           /* of the account, server and folder that it is fetched from */
    int64_t uid_validity, uid_last, backlog_last, backlog_since_at;
    struct text backlog;          /* "none", "unread" or "since": see its migration */
    int64_t in_ok_at, in_error_at, out_ok_at, out_error_at, tripped_at, version;
    struct text in_error, out_error;
    struct text authentication_server; /* whose Authentication-Results are believed; empty: the installation's; "-": nobody's */
    struct text authentication_name;   /* of the letters of late, see mailbox_note_authentication */
    int64_t authentication_hits, authentication_letters;
};

/* *ret_mailbox is NULL when there is none. */
MUST_USE bool mailbox_find(struct tx *tx, struct arena *mem, mailbox_id id, const struct mailbox **ret_mailbox, struct error *err);

/* By one of its addresses; a token behind "+" and the case of letters do not matter. */
MUST_USE bool mailbox_by_address(struct tx *tx, struct arena *mem, struct text address, const struct mailbox **ret_mailbox,
                                 struct error *err);

/* Where a ticket's answers leave from: its own mailbox when that can send, else the team's, else any that can. */
MUST_USE bool mailbox_for_sending(struct tx *tx, struct arena *mem, mailbox_id wanted, team_id team,
                                  const struct mailbox **ret_mailbox, struct error *err);

/* Is any mailbox set up? Until then mail for every address is taken. */
MUST_USE bool mailbox_exists(struct tx *tx, bool *ret_exists, struct error *err);

/* An address of ours, which is never a requester and never gets automatic mail. */
MUST_USE bool address_is_ours(struct tx *tx, struct text address, bool *ret_ours, struct error *err);

/* " Support@Müller.example" -> "support@xn--mller-kva.example": as addresses of ours are kept. */
struct text address_wire(struct arena *mem, struct text address);

/* "Support+tabc@Example.ORG" -> "support@example.org" */
struct text address_plain(struct arena *mem, struct text address);

/* How a connection went; error no text: well. Records mailbox.failing and mailbox.recovered when that changes. */
MUST_USE bool mailbox_note_in(struct tx *tx, mailbox_id id, struct text error, struct error *err);
MUST_USE bool mailbox_note_out(struct tx *tx, mailbox_id id, struct text error, struct error *err);

/* A letter came whose topmost Authentication-Results bear this name (empty: there are none). Anybody can write that header unless the
 * mail server removes it, so the name is only proposed to a person, and only when nearly all letters bear it. */
MUST_USE bool mailbox_note_authentication(struct tx *tx, const struct mailbox *mailbox, struct text name, struct error *err);

/* What is proposed; empty: nothing. */
struct text mailbox_proposed_authentication(struct text server, struct text name, int64_t hits, int64_t letters);

/* Too many automatic answers left: none more from here until a person says so (mailbox.tripped). */
MUST_USE bool mailbox_trip(struct tx *tx, mailbox_id id, struct error *err);

#endif
