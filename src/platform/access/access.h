/* access.h - who is asking and what they may: verb x scope, deny by default.
 *
 * The same functions answer for API, live, search, attachments and export. The permissions are those that the
 * API descriptions name (x-permission) plus the ones listed in access.list; the generator makes the enum. */
#ifndef THEKE_PLATFORM_ACCESS_ACCESS_H
#define THEKE_PLATFORM_ACCESS_ACCESS_H

#include "base/ids.h"
#include "base/text.h"
#include "permissions.h" /* generated: enum permission { CAN_NOTHING, CAN_TICKETS_READ, ..., PERMISSION_COUNT } */

enum scope { SCOPE_NONE, SCOPE_OWN, SCOPE_TEAM, SCOPE_ALL };

enum { ACTOR_TEAMS = 64 };

/* Resolved once per request or connection, from a session or a token. A token never has more than its owner. */
struct actor {
    staff_id staff;               /* 0: nobody is signed in */
    struct text name, locale, zone;
    char role[16];
    int64_t session, token;       /* which of the two it was; 0 otherwise */
    bool is_narrowed;             /* by a token with scopes: may less than its owner */
    uint8_t may[PERMISSION_COUNT];/* enum scope by permission */
    int team_count;
    team_id teams[ACTOR_TEAMS];
    const team_id *closed;        /* confidential teams of which the actor is no member: out of sight, also of who may see all */
    int closed_count;
    const ticket_id *admitted;    /* by name, to single tickets (admission.h); in ascending order */
    int admitted_count;
};

/* The widest scope in which the actor has the permission. */
enum scope actor_scope(const struct actor *actor, enum permission permission);

/* Has the permission in any scope. */
bool actor_may(const struct actor *actor, enum permission permission);

bool actor_in_team(const struct actor *actor, team_id team);

/* Has the permission for whatever belongs to the team: in every team, or in their own and it is one of these. A confidential team is
 * reached by its members alone. */
bool actor_reaches(const struct actor *actor, enum permission permission, team_id team);

/* Has the permission everywhere, and no team is out of sight. */
bool actor_reaches_all(const struct actor *actor, enum permission permission);

/* Was let into this one ticket. */
bool actor_is_admitted(const struct actor *actor, ticket_id ticket);

/* May do it to this ticket of this team that is assigned to this agent (0: nobody). Who was admitted may read it. */
bool actor_may_in(const struct actor *actor, enum permission permission, ticket_id ticket, team_id team, staff_id assignee);

/* What somebody has made for themselves, for a team, or for everybody (scope "personal", "team", "global"): is it in the actor's sight,
 * and may they change it, or make such a one? share: the permission for doing so for others. */
bool actor_sees_made(const struct actor *actor, struct text scope, staff_id owner, team_id team);
bool actor_changes_made(const struct actor *actor, enum permission share, struct text scope, staff_id owner, team_id team);

/* "tickets.reply" for CAN_TICKETS_REPLY, and back (CAN_NOTHING when unknown). */
const char *permission_name(enum permission permission);
enum permission permission_find(struct text name);

#endif
