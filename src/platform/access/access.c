#include "platform/access/access.h"

extern const char *const permission_names[];

static const int count = PERMISSION_COUNT;

enum scope actor_scope(const struct actor *actor, enum permission permission) {
    if ((int)permission <= CAN_NOTHING || (int)permission >= count) return SCOPE_NONE;
    return (enum scope)actor->may[permission];
}

bool actor_may(const struct actor *actor, enum permission permission) {
    return actor_scope(actor, permission) != SCOPE_NONE;
}

bool actor_in_team(const struct actor *actor, team_id team) {
    for (int i = 0; i < actor->team_count; i++)
        if (actor->teams[i].value == team.value) return team.value != 0;
    return false;
}

static bool is_closed_to(const struct actor *actor, team_id team) {
    for (int i = 0; i < actor->closed_count; i++)
        if (actor->closed[i].value == team.value) return true;
    return false;
}

bool actor_reaches(const struct actor *actor, enum permission permission, team_id team) {
    enum scope scope = actor_scope(actor, permission);
    return scope == SCOPE_ALL ? !is_closed_to(actor, team) : scope == SCOPE_TEAM && actor_in_team(actor, team);
}

bool actor_reaches_all(const struct actor *actor, enum permission permission) {
    return actor_scope(actor, permission) == SCOPE_ALL && actor->closed_count == 0;
}

bool actor_is_admitted(const struct actor *actor, ticket_id ticket) {
    int low = 0, high = actor->admitted_count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (actor->admitted[middle].value == ticket.value) return ticket.value != 0;
        if (actor->admitted[middle].value < ticket.value) low = middle + 1;
        else high = middle;
    }
    return false;
}

bool actor_may_in(const struct actor *actor, enum permission permission, ticket_id ticket, team_id team, staff_id assignee) {
    bool own = assignee.value != 0 && assignee.value == actor->staff.value;
    bool admitted = permission == CAN_TICKETS_READ && actor_is_admitted(actor, ticket);
    return actor_may(actor, permission) && (own || admitted || actor_reaches(actor, permission, team));
}

const char *permission_name(enum permission permission) {
    return (int)permission >= 0 && (int)permission < count ? permission_names[permission] : "nothing";
}

bool actor_sees_made(const struct actor *actor, struct text scope, staff_id owner, team_id team) {
    if (text_is(scope, "personal")) return owner.value == actor->staff.value;
    if (text_is(scope, "global")) return true;
    return actor_in_team(actor, team) || (actor_scope(actor, CAN_TICKETS_READ) == SCOPE_ALL && actor_reaches(actor, CAN_TICKETS_READ, team));
}

bool actor_changes_made(const struct actor *actor, enum permission share, struct text scope, staff_id owner, team_id team) {
    enum scope widest = actor_scope(actor, share);
    if (text_is(scope, "personal")) return owner.value == actor->staff.value;
    return text_is(scope, "team") ? actor_reaches(actor, share, team) : widest == SCOPE_ALL;
}

static int order_of(const char *name, struct text word) {
    size_t size = strlen(name), common = size < word.size ? size : word.size;
    int order = common ? memcmp(name, word.data, common) : 0;
    return order ? order : (size > word.size) - (size < word.size);
}

/* The generator sorts the names. */
enum permission permission_find(struct text name) {
    int low = CAN_NOTHING + 1, high = count;
    while (low < high) {
        int middle = low + (high - low) / 2, order = order_of(permission_names[middle], name);
        if (order == 0) return (enum permission)middle;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return CAN_NOTHING;
}
