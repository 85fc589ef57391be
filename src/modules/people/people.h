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

/* Both have an address at a domain of the same company. */
MUST_USE bool person_same_company(struct tx *tx, person_id a, person_id b, bool *ret_same, struct error *err);

/* A letter to this address came back. A permanent failure flags the identity until a letter arrives from it. */
MUST_USE bool identity_bounced(struct tx *tx, struct text address, struct text detail, bool permanent, struct error *err);
MUST_USE bool identity_is_bounced(struct tx *tx, struct text address, bool *ret_bounced, struct error *err);

/* Active staff with this address; 0: none. */
MUST_USE bool staff_by_email(struct tx *tx, struct text address, staff_id *ret_id, struct error *err);

/* An identity as it is compared: addresses in lower case, phone numbers as digits with a leading +. */
struct text identity_normalize(struct arena *mem, const char *channel, struct text value);

#endif
