/* people_private.h - for this folder only. */
#ifndef THEKE_MODULES_PEOPLE_PEOPLE_PRIVATE_H
#define THEKE_MODULES_PEOPLE_PEOPLE_PRIVATE_H

#include "base/clock.h"
#include "modules/people/people.h"
#include "platform/events/notes.h"
#include "sql/modules_people.h"

/* A session that nobody uses for this long ends. */
static const int64_t SESSION_TIME = 14 * 86400 * 1000000LL;

/* Failed sign-ins count as long as no day lies between them. */
static const int64_t FAILURE_TIME = 86400 * 1000000LL;


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

/* No other transaction changes what roles may before this one has ended. */
MUST_USE bool role_rights_lock(struct tx *tx, struct error *err);

/* Teams of an account, all at once; ERR_INVALID on field "teams". */
struct json_list;
MUST_USE bool staff_set_teams(struct request *request, staff_id staff, const struct json_list *teams, struct error *err);

/* Holds the account until the transaction ends, before it is read to be changed; with_admins: the active administrators too. */
MUST_USE bool staff_hold(struct tx *tx, staff_id staff, bool with_admins, struct error *err);

/* The account as GET /staff shows it. */
MUST_USE bool staff_write(struct request *request, struct json_writer *json, staff_id staff, struct error *err);

/* Asks for the second factor, if the account has one; takes a code of the app or a recovery code, each once. */
enum totp_verdict { TOTP_ADMITTED, TOTP_REQUIRED, TOTP_WRONG };
MUST_USE bool totp_admit(struct request *request, staff_id staff, struct text code, enum totp_verdict *ret_verdict, struct error *err);

/* Forgets the account's failures: it may be tried again at once. */
MUST_USE bool account_unlock(struct request *request, staff_id staff, struct error *err);

/* The caller's own password, asked for again: try in the prepare step, settle in the handler. Failures are counted as at sign-in,
 * and ERR_RATE tells who is locked. Settling a wrong one makes the answer, which tells of the field. */
struct attempt;
MUST_USE bool own_password_try(struct request *request, struct text password, struct attempt **ret_attempt, bool *ret_fits, struct error *err);
MUST_USE bool own_password_settle(struct request *request, struct response *response, const struct attempt *attempt, const char *field,
                                  bool *ret_fits, struct error *err);

/* --- Contacts -------------------------------------------------------------------------------------------------------- */

/* The chosen keys of a wish as they are kept; ERR_INVALID on 'keys' when something in it is no key, or one is chosen twice. */
MUST_USE bool own_keys_read(struct arena *mem, struct text wish, struct text *ret_keys, struct error *err);

/* ERR_INVALID on the field when it is no such thing or somebody else's: err->see then names who has it. */
MUST_USE bool identity_add(struct tx *tx, const char *field, person_id person, const struct identity_wish *wish, struct error *err);
MUST_USE bool identity_change(struct tx *tx, const struct sql_identity_by_id_row *row, const struct identity_wish *wish, bool unbounce,
                              struct error *err);

/* The address of the person to which letters go; 0: no choice, the first one. ERR_INVALID on "main_identity". */
MUST_USE bool identity_choose_main(struct tx *tx, person_id person, int64_t identity, struct error *err);

/* Writes the words by which the person is found anew: after every change of name, identities or company. */
MUST_USE bool person_index(struct tx *tx, person_id person, struct error *err);
MUST_USE bool person_words_fill(struct store *store, struct error *err);

/* The next word of a text in small letters, as the index knows words. False at the end. */
bool next_word(struct text *rest, struct text *ret_word);

/* The company that an address belongs to by its domain; 0: none. */
MUST_USE bool company_of_identity(struct tx *tx, struct text channel, struct text normalized, company_id *ret_company, struct error *err);

/* ERR_INVALID on field "company". */
MUST_USE bool company_check(struct tx *tx, company_id company, struct error *err);

/* ERR_NOT_FOUND. */
MUST_USE bool person_find(struct request *request, int64_t id, const struct sql_person_by_id_row **ret_row, struct error *err);

struct people_doer people_doer(const struct request *request);
void people_event(struct tx *tx, const struct people_doer *doer, const char *kind, struct text data);

/* As person_change, of one who is locked. */
MUST_USE bool person_apply(struct tx *tx, const struct people_doer *doer, const struct sql_person_by_id_row *row, const struct person_wish *wish,
                           struct error *err);

/* Rows of the statement, whose first column is the id; one more than the limit when there are more. */
MUST_USE bool people_rows(struct tx *tx, struct arena *mem, const struct people_filter *filter, const struct statement **ret_statement,
                          struct sql_rows *ret_rows, struct error *err);

/* As person_find, of one who is not part of somebody else. */
MUST_USE bool person_find_own(struct request *request, int64_t id, const struct sql_person_by_id_row **ret_row, struct error *err);

/* --- What an event tells -------------------------------------------------------------------------------------------- */

/* Records what the request's actor did. scope: as in struct event. */
void staff_event(struct request *request, const char *kind, const char *scope, struct text data);

/* ERR_FORBIDDEN when the role may more than the request's actor: nobody hands out, or takes away, more than they have. */
MUST_USE bool staff_may_touch(struct request *request, struct text role, struct error *err);
MUST_USE bool role_within(struct request *request, struct text role, bool *ret_within, struct error *err);

/* Writes the settings that are given and records what changed. */
MUST_USE bool settings_change(struct request *request, struct text company, struct text locale, struct error *err);

/* The language of the house, chosen at set-up: what is made without naming another one speaks it. */
MUST_USE bool house_language(struct tx *tx, struct text *ret_language, struct error *err);

/* How long an account or address is locked after so many failures in a row: doubling from 30 s to an hour. */
int64_t lock_time(int64_t failures, int64_t free_failures);

#endif
