/* What each role may. Only tickets know owners and teams; everything else is allowed as a whole or not at all. */
#include "api/modules_people.h"
#include "base/json.h"
#include "modules/people/people.h"
#include "modules/people/people_private.h"

#include <jansson.h>

static const char *const scope_names[] = {"none", "own", "team", "all"};
static const char *const roles[] = {"admin", "manager", "agent"};

/* permissions: enum scope by permission. */
static bool load_role(struct request *request, struct text role, uint8_t *permissions, struct error *err) {
    struct sql_role_permissions_rows rows;
    if (!sql_role_permissions(request->tx, request->mem, &(struct sql_role_permissions){.role = role}, &rows, err)) return false;
    memset(permissions, 0, PERMISSION_COUNT);
    for (size_t i = 0; i < rows.count; i++) {
        enum permission permission = permission_find(rows.at[i].permission);
        if (permission != CAN_NOTHING) permissions[permission] = (uint8_t)rows.at[i].scope;
    }
    return true;
}

static bool write_role(struct request *request, struct json_writer *json, struct text role, struct error *err) {
    uint8_t permissions[PERMISSION_COUNT];
    if (!load_role(request, role, permissions, err)) return false;
    json_object_begin(json);
    json_put_text(json, "name", role);
    json_key(json, "permissions");
    json_object_begin(json);
    for (int i = CAN_NOTHING + 1; i < PERMISSION_COUNT; i++)
        json_put_string(json, permission_name((enum permission)i), scope_names[permissions[i]]);
    json_object_end(json);
    json_object_end(json);
    return true;
}

bool get_roles(struct request *request, struct response *response, struct error *err) {
    struct json_writer *json = &response->json;
    json_object_begin(json);
    json_key(json, "items");
    json_array_begin(json);
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (!write_role(request, json, text_of(roles[i]), err)) return false;
    json_array_end(json);
    json_put_text(json, "next", (struct text){0});
    json_object_end(json);
    return true;
}

bool role_within(struct request *request, struct text role, bool *ret_within, struct error *err) {
    uint8_t permissions[PERMISSION_COUNT];
    if (!load_role(request, role, permissions, err)) return false;
    *ret_within = true;
    for (int i = CAN_NOTHING + 1; i < PERMISSION_COUNT; i++)
        if (permissions[i] > actor_scope(request->actor, (enum permission)i)) *ret_within = false;
    return true;
}

/* --- Changing -------------------------------------------------------------------------------------------------------- */

static bool scope_find(const char *name, enum scope *ret_scope) {
    for (size_t i = 0; name && i < COUNT_OF(scope_names); i++) {
        if (strcmp(name, scope_names[i]) != 0) continue;
        *ret_scope = (enum scope)i;
        return true;
    }
    return false;
}

/* Nobody hands out, or takes away, more than they have themselves. */
static bool check_wish(struct request *request, const char *name, enum scope before, enum scope wish, struct error *err) {
    enum scope own = actor_scope(request->actor, permission_find(text_of(name)));
    bool fits = wish == SCOPE_NONE || wish == SCOPE_ALL || text_starts(text_of(name), "tickets.")
                || (wish == SCOPE_TEAM && text_ends(text_of(name), ".share"));
    if (!fits) return error_field(err, "permissions", "scope_invalid", "%s has no scope %s", name, scope_names[wish]);
    if (wish > own || before > own) return error_set_key(err, ERR_FORBIDDEN, "forbidden", "you don't have %s so widely yourself", name);
    return true;
}

bool role_rights_lock(struct tx *tx, struct error *err) {
    struct sql_role_rights_lock_rows locked;
    return store_dialect(tx->store) == DIALECT_SQLITE || sql_role_rights_lock(tx, &tx->mem, &locked, err);
}

static bool change_one(struct request *request, struct text role, const char *name, const json_t *value, uint8_t *permissions,
                       struct json_writer *changes, struct error *err) {
    enum permission permission = permission_find(text_of(name));
    enum scope wish;
    if (permission == CAN_NOTHING) return error_field(err, "permissions", "unknown", "there is no permission %s", name);
    if (!scope_find(json_string_value(value), &wish))
        return error_field(err, "permissions", "scope_invalid", "the scope of %s is none, own, team or all", name);
    enum scope before = (enum scope)permissions[permission];
    if (before == wish) return true;
    if (!check_wish(request, name, before, wish, err)) return false;
    const struct sql_role_permission_put in = {.role = role, .permission = text_of(permission_name(permission)), .scope = wish};
    if (!sql_role_permission_put(request->tx, &in, NULL, err)) return false;
    json_key(changes, permission_name(permission));
    json_array_begin(changes);
    json_text(changes, text_of(scope_names[before]));
    json_text(changes, text_of(scope_names[wish]));
    json_array_end(changes);
    return true;
}

static bool change_all(struct request *request, struct text role, json_t *wishes, struct json_writer *changes, struct error *err) {
    uint8_t permissions[PERMISSION_COUNT];
    const char *name;
    json_t *value;
    if (!json_is_object(wishes)) return error_field(err, "permissions", "invalid", "is no object of scopes by permission");
    if (!role_rights_lock(request->tx, err) || !load_role(request, role, permissions, err)) return false;
    json_object_foreach(wishes, name, value)
        if (!change_one(request, role, name, value, permissions, changes, err)) return false;
    return sql_role_rights_gather(request->tx, NULL, err);
}

static bool find_role(struct request *request, struct text *ret_role, struct error *err) {
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (!text_is(request->path_param[0], roles[i])) continue;
        *ret_role = text_of(roles[i]);
        return i > 0 || error_set_key(err, ERR_CONFLICT, "role_fixed", "administrators may everything");
    }
    return error_set_key(err, ERR_NOT_FOUND, "role_not_found", "there is no such role");
}

bool patch_role(struct request *request, struct response *response, struct error *err) {
    const struct role_patch *body = request->body;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer changes = json_writer(&out);
    struct text role;
    if (!find_role(request, &role, err)) return false;
    json_object_begin(&changes);
    json_put_text(&changes, "role", role);
    json_t *wishes = json_loadb(body->permissions.data, body->permissions.size, JSON_REJECT_DUPLICATES, NULL);
    bool changed = change_all(request, role, wishes, &changes, err);
    json_decref(wishes);
    if (!changed) return false;
    json_object_end(&changes);
    event_record(request->tx, &(struct event){.kind = "role.changed", .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value,
                                              .scope = "staff", .data = buffer_text(&out)});
    return write_role(request, &response->json, role, err);
}
