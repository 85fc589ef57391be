/* people_private.h - for this folder only. */
#ifndef THEKE_MODULES_PEOPLE_PEOPLE_PRIVATE_H
#define THEKE_MODULES_PEOPLE_PEOPLE_PRIVATE_H

#include "base/clock.h"
#include "sql/modules_people.h"

/* A session that nobody uses for this long ends. */
static const int64_t SESSION_TIME = 14 * 86400 * 1000000LL;


struct request;
struct json_writer;

/* The account with its permissions and teams, as GET /session and /me show it. */
MUST_USE bool staff_json(struct request *request, staff_id staff, struct json_writer *json, struct error *err);

/* A setting that is a text; no text leaves it alone. */
MUST_USE bool setting_write(struct request *request, const char *key, struct text value, struct error *err);

/* Signs in: the cookie and the answer of GET /session. */
struct response;
MUST_USE bool session_start(struct request *request, struct response *response, staff_id staff, struct error *err);

/* Records a session's beginning or end; no staff: an attempt at an account that does not exist. */
void session_event(struct request *request, const char *kind, staff_id staff, struct text address);

/* Teams of an account, all at once; ERR_INVALID on field "teams". */
struct json_list;
MUST_USE bool staff_set_teams(struct request *request, staff_id staff, const struct json_list *teams, struct error *err);

/* The account as GET /staff shows it. */
MUST_USE bool staff_write(struct request *request, struct json_writer *json, staff_id staff, struct error *err);

/* Asks for the second factor, if the account has one; takes a code of the app or a recovery code, each once. */
enum totp_verdict { TOTP_ADMITTED, TOTP_REQUIRED, TOTP_WRONG };
MUST_USE bool totp_admit(struct request *request, staff_id staff, struct text code, enum totp_verdict *ret_verdict, struct error *err);

/* ERR_FORBIDDEN for a token with scopes: it must not touch how its owner signs in. */
MUST_USE bool token_is_whole(struct request *request, struct error *err);

/* How long an account or address is locked after so many failures in a row: doubling from 30 s to an hour. */
int64_t lock_time(int64_t failures, int64_t free_failures);

#endif
