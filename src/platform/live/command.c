/* What a client says. */
#include "platform/live/live_private.h"

#include "base/json.h"

#include <stdlib.h>

struct command {
    struct json_list subscribe, unsubscribe;
    const struct presence *presence;
    int64_t after;
    bool has_subscribe, has_unsubscribe, has_after, has_presence;
};

struct presence {
    int64_t ticket;
    struct text doing;
    bool has_ticket, has_doing;
};
static const struct json_field presence_fields[] = {
    {.name = "ticket", .type = JSON_FIELD_INT, .offset = offsetof(struct presence, ticket),
     .present_offset = offsetof(struct presence, has_ticket), .required = true, .low = 1, .high = INT64_MAX},
    {.name = "doing", .type = JSON_FIELD_TEXT, .offset = offsetof(struct presence, doing),
     .present_offset = offsetof(struct presence, has_doing), .required = true, .high = 20},
};
static const struct json_shape presence_shape = {presence_fields, COUNT_OF(presence_fields), sizeof(struct presence)};

#define MEMBER(member, kind, limit) \
    {.name = #member, .type = (kind), .offset = offsetof(struct command, member), \
     .present_offset = offsetof(struct command, has_##member), .high = (limit)}
static const struct json_field command_fields[] = {
    MEMBER(subscribe, JSON_FIELD_TEXTS, TOPICS),
    MEMBER(unsubscribe, JSON_FIELD_TEXTS, TOPICS),
    MEMBER(after, JSON_FIELD_INT, INT64_MAX),
    {.name = "presence", .type = JSON_FIELD_OBJECT, .offset = offsetof(struct command, presence),
     .present_offset = offsetof(struct command, has_presence), .shape = &presence_shape},
};
static const struct json_shape command_shape = {command_fields, COUNT_OF(command_fields), sizeof(struct command)};

static void say_error(struct peer *peer, struct arena *mem, const char *code, const char *message) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_key(&json, "error");
    json_object_begin(&json);
    json_put_string(&json, "code", code);
    json_put_string(&json, "message", message);
    json_object_end(&json);
    json_object_end(&json);
    peer_say(peer, buffer_text(&out));
}

bool peer_follows_ticket(const struct peer *peer, int64_t ticket) {
    for (uint32_t i = 0; i < peer->ticket_count; i++)
        if (peer->tickets[i] == ticket) return true;
    return false;
}

static bool may_follow(const struct peer *peer, struct tx *tx, int64_t ticket) {
    const struct hub_options *o = &peer->hub->options;
    return !o->may_follow || o->may_follow(o->application, tx, &peer->actor, (ticket_id){ticket});
}

/* The address of a peer that lives is nobody else's; what it has said goes with it. */
int64_t peer_key(const struct peer *peer) {
    return (int64_t)(intptr_t)peer;
}

static void ticket_remove(struct peer *peer, uint32_t at) {
    presence_forget(peer->hub, peer_key(peer), peer->tickets[at]);
    peer->tickets[at] = peer->tickets[--peer->ticket_count];
}

void peer_check_topics(struct peer *peer, struct tx *tx) {
    for (uint32_t i = peer->ticket_count; i > 0; i--)
        if (!may_follow(peer, tx, peer->tickets[i - 1])) ticket_remove(peer, i - 1);
}

/* NULL when it is done, else why not. */
static const char *ticket_follow(struct peer *peer, int64_t ticket) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    if (peer_follows_ticket(peer, ticket)) return NULL;
    if (peer->ticket_count == TOPICS) return "too_many";
    if (peer->hub->options.may_follow) {
        if (!store_read(peer->hub->options.store, &tx, &err)) return "busy";
        if (!may_follow(peer, &tx, ticket)) return "not_found";
    }
    int64_t *tickets = realloc(peer->tickets, (peer->ticket_count + 1) * sizeof *tickets);
    if (!tickets) abort();
    peer->tickets = tickets;
    peer->tickets[peer->ticket_count++] = ticket;
    return NULL;
}

static bool topic_ticket(struct text topic, int64_t *ret_ticket) {
    return text_starts(topic, "ticket:") && text_to_int(text_skip(topic, 7), ret_ticket) && *ret_ticket > 0;
}

static const char *subscribe(struct peer *peer, struct text topic) {
    int64_t ticket;
    if (text_is(topic, "inbox")) peer->inbox = true;
    else if (text_is(topic, "staff")) peer->staff = true;
    else if (topic_ticket(topic, &ticket)) return ticket_follow(peer, ticket);
    else return "unknown";
    return NULL;
}

static void unsubscribe(struct peer *peer, struct text topic) {
    int64_t ticket;
    if (text_is(topic, "inbox")) peer->inbox = false;
    else if (text_is(topic, "staff")) peer->staff = false;
    else if (topic_ticket(topic, &ticket))
        for (uint32_t i = 0; i < peer->ticket_count; i++)
            if (peer->tickets[i] == ticket) {
                ticket_remove(peer, i);
                return;
            }
}

static const int64_t HOLDS = 15 * 1000000LL;

/* NULL when it is done, else why not. Who follows a ticket may see it. */
static const char *be_present(struct peer *peer, const struct presence *presence) {
    enum doing doing;
    if (!doing_find(presence->doing, &doing)) return "unknown";
    if (!peer_follows_ticket(peer, presence->ticket)) return "not_found";
    hub_present(peer->hub, peer_key(peer), peer->actor.staff, (ticket_id){presence->ticket}, doing, HOLDS);
    return NULL;
}

static void obey(struct peer *peer, struct arena *mem, const struct command *command) {
    const struct text *topics = command->unsubscribe.at;
    for (size_t i = 0; i < command->unsubscribe.count; i++) unsubscribe(peer, topics[i]);
    topics = command->subscribe.at;
    for (size_t i = 0; i < command->subscribe.count; i++) {
        const char *refused = subscribe(peer, topics[i]);
        if (refused) say_error(peer, mem, refused, arena_printf(mem, "%.*s", (int)topics[i].size, topics[i].data));
    }
    if (command->has_subscribe && command->has_after) feed_replay(peer, command->after);
    const char *refused = command->presence ? be_present(peer, command->presence) : NULL;
    if (refused) say_error(peer, mem, refused, "presence");
}

void peer_told(struct peer *peer, struct text message) {
    SCOPED(arena_free) struct arena mem = {0};
    struct error err = {0};
    void *command = NULL;
    if (json_decode(&mem, message, &command_shape, &command, &err)) obey(peer, &mem, command);
    else say_error(peer, &mem, error_code_name(err.code), err.field_count ? err.fields[0].message : err.message);
}
