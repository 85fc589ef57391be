/* ids.h - each kind of id is a type of its own, so that a person can't stand where a ticket belongs.
 * value 0 means none: NULL in the database, null in JSON. */
#ifndef THEKE_BASE_IDS_H
#define THEKE_BASE_IDS_H

#include <stdint.h>

typedef struct { int64_t value; } ticket_id;
typedef struct { int64_t value; } message_id;
typedef struct { int64_t value; } person_id;
typedef struct { int64_t value; } company_id;
typedef struct { int64_t value; } staff_id;
typedef struct { int64_t value; } team_id;
typedef struct { int64_t value; } mailbox_id;
typedef struct { int64_t value; } attachment_id;
typedef struct { int64_t value; } state_id;

#endif
