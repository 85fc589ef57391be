/* people.h - what the rest of Theke may ask about people: contacts with their identities, and staff.
 *
 * A person has many identities (address, phone number, handle, external id); an identity belongs to one person. Nothing is merged
 * by itself across different identities. */
#ifndef THEKE_MODULES_PEOPLE_PEOPLE_H
#define THEKE_MODULES_PEOPLE_PEOPLE_H

#include "platform/access/access.h"
#include "platform/events/events.h"
#include "platform/store/store.h"

struct person_card {
    person_id id;
    struct text name, email, company;
};

/* channel: "email", "phone", "handle" or "external". NULL: nobody has this identity. */
MUST_USE bool person_by_identity(struct tx *tx, struct arena *mem, const char *channel, struct text value,
                                 const struct person_card **ret_person, struct error *err);

/* Finds the person with this identity or makes one. A person without a name of their own takes the given one. */
MUST_USE bool person_ensure(struct tx *tx, const char *channel, struct text value, struct text name,
                            person_id *ret_id, struct error *err);

/* Another identity of this person; what somebody else has stays theirs. */
MUST_USE bool person_reached_at(struct tx *tx, person_id person, const char *channel, struct text value, struct error *err);

/* A person of whom nothing is known that could be met again: no two letters without a sender are of the same one. */
MUST_USE bool person_unknown(struct tx *tx, struct text name, person_id *ret_id, struct error *err);

/* Both have an address at a domain of the same company. */
MUST_USE bool person_same_company(struct tx *tx, person_id a, person_id b, bool *ret_same, struct error *err);

/* A letter to this address came back. A permanent failure flags the identity until a letter arrives from it. */
MUST_USE bool identity_bounced(struct tx *tx, struct text address, struct text detail, bool permanent, struct error *err);
/* A person wrote from this address: letters to it arrive again. */
MUST_USE bool identity_heard(struct tx *tx, struct text address, struct error *err);
MUST_USE bool identity_is_bounced(struct tx *tx, struct text address, bool *ret_bounced, struct error *err);

/* Active staff with this address; 0: none. */
MUST_USE bool staff_by_email(struct tx *tx, struct text address, staff_id *ret_id, struct error *err);

/* --- One person who is there twice ------------------------------------------------------------------------------ */

struct json_writer;
struct undoing;
struct json_t;

/* The one that goes gives the other their identities, and of their fields those that are taken. */
struct person_joining {
    person_id from, into;
    bool takes_name, takes_locale, takes_company;
    enum { NOTES_JOIN, NOTES_KEEP, NOTES_TAKE } notes;
    int64_t main_identity;        /* to which letters go from now on; 0: as it was with the one that stays */
};

/* Writes what the inverse needs as members of the open object. ERR_CONFLICT with key "person_merged" when one of them is part of somebody
 * already; ERR_INVALID on "into" or "main_identity". */
MUST_USE bool person_join(struct tx *tx, const struct person_joining *joining, struct json_writer *json, struct error *err);

/* The way back: identities that are still there, and fields that nobody has changed since. data: the object of person_join. */
MUST_USE bool person_part(struct undoing *undoing, person_id from, person_id into, const struct json_t *data, struct error *err);

/* Whose part the person is by now; themselves when nobody's. */
MUST_USE bool person_now(struct tx *tx, person_id person, person_id *ret_person, struct error *err);

/* Whether there is such a person, who is nobody's part and does not become so before the transaction ends. Only where tx writes. */
MUST_USE bool person_hold(struct tx *tx, person_id person, bool *ret_there, struct error *err);

/* ERR_CONFLICT with key "person_merged": what belongs to them is changed with the person whose part they are. */
MUST_USE bool person_refuse_merged(person_id into, struct error *err);

/* Who may be the same as a person, and why, by the likeliest first. ERR_NOT_FOUND. */
struct likeness {
    person_id person;
    const char *reasons[4];       /* "same_name", "same_number", "same_mailbox", "same_company"; NULL ends them */
};
enum { LIKENESSES = 10 };
MUST_USE bool person_likenesses(struct tx *tx, struct arena *mem, person_id person, struct likeness ret[LIKENESSES], size_t *ret_count, struct error *err);

/* The person as GET /people/{id} shows them. */
struct request;
MUST_USE bool person_write(struct request *request, struct json_writer *json, int64_t id, struct error *err);

/* --- Making, changing and finding persons, for whoever asks --------------------------------------------------------- */

/* Who does it, as the events tell it. */
struct people_doer {
    enum actor_kind kind;
    int64_t id;
    struct text cause;            /* no text: a click */
};

struct person_wish {
    struct text name, locale, notes;
    company_id company;
    bool company_is_said;         /* of who is made: without it they come to the company of their first address */
};

struct identity_wish {
    struct text channel, value, proof; /* no proof: "none", or as it is */
};

/* ERR_INVALID on "identities.N.value" or "company". Who has no name is called as their first identity. */
MUST_USE bool person_make(struct tx *tx, const struct people_doer *doer, const struct person_wish *wish, const struct identity_wish *identities, size_t count,
                          person_id *ret, struct error *err);

/* All members of the wish as they are to be. ERR_NOT_FOUND, ERR_CONFLICT with key "person_merged", ERR_INVALID on "name" or "company". */
MUST_USE bool person_change(struct tx *tx, const struct people_doer *doer, person_id person, const struct person_wish *wish, struct error *err);

/* ERR_INVALID on "value" when it is no such thing, or somebody's: err->see then names whose. */
MUST_USE bool person_add_identity(struct tx *tx, const struct people_doer *doer, person_id person, const struct identity_wish *wish, struct error *err);

/* Nobody else changes the person before the transaction ends. */
MUST_USE bool person_lock(struct tx *tx, person_id person, struct error *err);

/* Whether it is such a thing: ERR_INVALID on the field. */
MUST_USE bool identity_fits(struct arena *mem, const char *field, const char *channel, struct text value, struct error *err);

/* The company of this name, or 0; and a new one. ERR_INVALID on "name". */
MUST_USE bool company_by_name(struct tx *tx, struct text name, company_id *ret, struct error *err);
MUST_USE bool company_make(struct tx *tx, const struct people_doer *doer, struct text name, company_id *ret, struct error *err);

struct person_identity {
    struct text channel, value, normalized;
    bool is_main;
};
struct person_known {
    person_id id;
    struct text name, locale, notes, company_name;
    company_id company;
    int64_t created_at;
    const struct person_identity *identities;
    size_t identity_count;
};

/* Those of the ids that there are, by id. */
MUST_USE bool people_know(struct tx *tx, struct arena *mem, const person_id *ids, size_t count, struct person_known **ret, size_t *ret_count,
                          struct error *err);

/* As the list of persons is filtered; what is not said does not count. */
struct people_filter {
    struct text q, email, phone;
    company_id company;
    struct text after_name;       /* "" and 0: from the first one on */
    int64_t after, limit;
};
struct people_page {
    const struct person_known *people; /* by name; the next page begins after the last one */
    size_t count;
    bool is_last;
};
MUST_USE bool people_page(struct tx *tx, struct arena *mem, const struct people_filter *filter, struct people_page *ret, struct error *err);

/* --- Staff and their access ------------------------------------------------------------------------------------ */

struct request;
struct live_event;

/* Gives every role the default of each permission that nobody has set yet. Call once at start. */
MUST_USE bool people_start(struct store *store, struct error *err);

/* The agent with role, permissions and teams as of now. *ret_found is false when there is no such active account. */
MUST_USE bool actor_load(struct tx *tx, struct arena *mem, staff_id id, struct actor *ret_actor, bool *ret_found,
                         struct error *err);

/* May only what is named of what they may: scopes as a token has them, a JSON array of permission names, or none for all. */
void actor_narrow(struct actor *actor, struct text scopes);

/* Fits server_options.authenticate: the cookie "theke_session" or "Authorization: Bearer TOKEN". */
MUST_USE bool people_authenticate(struct tx *tx, struct request *request, struct actor *ret_actor, struct error *err);

/* Fits hub_options.refresh. */
bool people_refresh(void *application, struct tx *tx, struct actor *actor);

struct staff_adding {
    struct text email, name, role, locale;
    struct text password_hash;    /* none: invited */
};
/* ERR_INVALID with field "email" when the address is taken. */
MUST_USE bool staff_add(struct tx *tx, staff_id by, const struct staff_adding *adding, staff_id *ret_id,
                        struct error *err);

/* A fresh one-time token with which an account that has no password yet sets one, within seven days; older ones end. Lives in mem. */
MUST_USE bool invitation_token(struct tx *tx, struct arena *mem, staff_id staff, struct text *ret_token, struct error *err);

/* Makes the person a member of every team that is not confidential: for the first accounts, which nobody else could add. */
MUST_USE bool staff_join_teams(struct tx *tx, staff_id staff, struct error *err);

/* Makes the person a member of one team by its short name, as whoever keeps the machine may: a confidential team whose members are all
 * gone has no other way in. Recorded as staff.changed. */
MUST_USE bool staff_join_team(struct tx *tx, staff_id staff, struct text slug, struct error *err);

/* argon2id (libsodium, interactive limits); takes some 100 ms: never on the writer's thread. */
MUST_USE bool password_hash(struct arena *mem, struct text password, struct text *ret_hash, struct error *err);
/* ERR_INVALID on the named field when the password is too short, too common or the person's own name. */
MUST_USE bool password_check(const char *field, struct text password, struct text email, struct text name, struct error *err);

/* A new bearer token, shown once. scopes: JSON array of permission names, or none for all of its owner's. */
MUST_USE bool token_create(struct tx *tx, staff_id owner, struct text label, struct text scopes, int64_t expires_at,
                           struct text *ret_token, struct error *err);

/* While there is no administrator: a fresh one-time token for the set-up page; no text otherwise. Texts live in mem. */
MUST_USE bool setup_token(struct store *store, struct arena *mem, struct text *ret_token, struct error *err);

/* An identity as it is compared: addresses in lower case, phone numbers as digits with a leading +. */
struct text identity_normalize(struct arena *mem, const char *channel, struct text value);

/* Anybody can have an address there. Expects small letters. */
bool domain_is_public(struct text domain);

#endif
