/* From the event table to the queues. The newest events stay in memory, encoded, for those who come back. */
#include "platform/live/live_private.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "platform/http/http.h"
#include "sql/platform_events.h"

enum { PIECE = 500, STREAM_HIGH = 128 * 1024 };

static struct live_event event_of(const struct sql_event_after_row *row) {
    return (struct live_event){
        .id = row->id, .at = row->at, .kind = row->kind, .actor = (enum actor_kind)row->actor_kind,
        .actor_id = row->actor_id, .cause = row->cause, .ticket = row->ticket_id, .team = row->team_id,
        .assignee = row->assignee_id,
        .scope = row->scope, .data = row->data, .internal = row->is_internal,
    };
}

static void ring_add(struct hub *hub, struct frame *frame) {
    if (hub->ring_count == RING) {
        hub->ring_before = hub->ring[hub->ring_first]->event.id;
        frame_drop(hub->ring[hub->ring_first]);
        hub->ring_first = (hub->ring_first + 1) % RING;
        hub->ring_count--;
    }
    hub->ring[(hub->ring_first + hub->ring_count++) % RING] = frame;
    hub->cursor = frame->event.id;
}

static struct frame *ring_at(const struct hub *hub, uint32_t i) {
    return hub->ring[(hub->ring_first + i) % RING];
}

/* The first place in the ring whose event is younger than id. */
static uint32_t ring_find(const struct hub *hub, int64_t id) {
    uint32_t low = 0, high = hub->ring_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ring_at(hub, middle)->event.id > id) high = middle;
        else low = middle + 1;
    }
    return low;
}

static bool visible(const struct peer *peer, const struct live_event *event) {
    const struct hub_options *o = &peer->hub->options;
    return !o->visible || o->visible(o->application, &peer->actor, event);
}

bool peer_wants(const struct peer *peer, const struct live_event *event) {
    bool follows = event->ticket.value ? peer->inbox || peer_follows_ticket(peer, event->ticket.value) : peer->staff;
    return follows && visible(peer, event);
}

static void refresh_one(struct peer *peer, struct tx *tx) {
    const struct hub_options *o = &peer->hub->options;
    struct actor fresh = peer->actor;
    peer->refreshed = clock_steady();
    if (o->refresh && !o->refresh(o->application, tx, &fresh)) {
        peer_close(peer, 4401);
        return;
    }
    fresh = actor_keep(&fresh);
    actor_drop(&peer->actor);
    peer->actor = fresh;
    peer_check_topics(peer, tx);
}

/* Whom a change concerns; by default everyone. */
struct circle {
    int64_t staff;             /* 0: not only this one */
    struct text role, members; /* members: JSON that names agents by their numbers */
    int64_t refreshed_before;  /* 0: at any time */
    int limit;                 /* so many at once; 0: all */
};

static bool names(struct text json, int64_t staff) {
    int64_t number = -1;
    for (size_t i = 0; i <= json.size; i++) {
        bool digit = i < json.size && json.data[i] >= '0' && json.data[i] <= '9';
        if (digit && number < INT64_MAX / 100) number = (number < 0 ? 0 : number * 10) + (json.data[i] - '0');
        if (!digit && number == staff) return true;
        if (!digit) number = -1;
    }
    return false;
}

static bool concerns(const struct circle *circle, const struct peer *peer) {
    const struct actor *actor = &peer->actor;
    if (circle->staff && actor->staff.value != circle->staff) return false;
    if (circle->role.data && actor->role[0] && !text_is(circle->role, actor->role)) return false;
    if (circle->members.data && !names(circle->members, actor->staff.value)) return false;
    return !circle->refreshed_before || peer->refreshed < circle->refreshed_before;
}

static void refresh_circle(struct hub *hub, const struct circle *circle) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    int count = 0;
    for (struct peer *peer = hub->peers; peer && (!circle->limit || count < circle->limit); peer = peer->next) {
        if (!concerns(circle, peer)) continue;
        if (count++ == 0 && !store_read(hub->options.store, &tx, &err)) {
            log_error(&err, "reading the permissions of live connections");
            return;
        }
        refresh_one(peer, &tx);
    }
}

void feed_refresh(struct hub *hub, int64_t staff) {
    refresh_circle(hub, &(struct circle){.staff = staff});
}

/* A few at a time: everyone's at once would hold up all screens for seconds. */
void feed_refresh_old(struct hub *hub, int64_t before) {
    refresh_circle(hub, &(struct circle){.refreshed_before = before, .limit = hub->count / 50 + 20});
}

/* A ticket has left a team or an agent: who followed it because of that follows it no more. */
static void leave_ticket(struct hub *hub, int64_t ticket) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    bool reads = false;
    for (struct peer *peer = hub->peers; peer; peer = peer->next) {
        if (!peer_follows_ticket(peer, ticket)) continue;
        if (!reads && !store_read(hub->options.store, &tx, &err)) {
            log_error(&err, "reading who may follow a ticket");
            return;
        }
        reads = true;
        peer_check_topics(peer, &tx);
    }
}

/* Whom a change of staff, team, role or admission concerns: the agent it names, who have the role, or who were or are in the team; when
 * it names nobody, everyone, as when a team becomes confidential. What a team is called concerns nobody's permissions. */
static void refresh_named(struct hub *hub, const struct live_event *event) {
    SCOPED(arena_free) struct arena mem = {0};
    struct circle circle = {0};
    if (text_is(event->kind, "ticket.left_team") || text_is(event->kind, "ticket.left_assignee")) leave_ticket(hub, event->ticket.value);
    bool of_staff = text_starts(event->kind, "staff.") || text_starts(event->kind, "session.ended") || text_starts(event->kind, "token.revoked");
    bool of_team = text_starts(event->kind, "team."), of_role = text_starts(event->kind, "role.");
    bool of_admission = text_is(event->kind, "ticket.admitted") || text_is(event->kind, "ticket.admission_ended");
    if (!of_staff && !of_team && !of_role && !of_admission) return;
    if (text_starts(event->scope, "staff:")) (void)text_to_int(text_skip(event->scope, 6), &circle.staff);
    if (!circle.staff && (of_staff || of_admission)) (void)text_to_int(json_member(&mem, event->data, "staff"), &circle.staff);
    if (of_role) circle.role = json_member(&mem, event->data, "role");
    if (of_team) circle.members = json_member(&mem, event->data, "members");
    bool of_sight = of_team && json_member(&mem, event->data, "confidential").data;
    if (of_sight) circle.members = (struct text){0};
    if (of_team && !of_sight && !circle.members.data && !circle.staff) return;
    refresh_circle(hub, &circle);
}

static void publish(struct hub *hub, struct frame *frame) {
    refresh_named(hub, &frame->event);
    ring_add(hub, frame);
    for (struct peer *peer = hub->peers; peer; peer = peer->next)
        if (!peer->stream && !peer->closing && peer_wants(peer, &frame->event)) peer_queue(peer, frame);
}

static bool read_after(struct hub *hub, struct arena *mem, int64_t after, struct sql_event_after_rows *ret_rows) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    if (store_read(hub->options.store, &tx, &err)
        && sql_event_after(&tx, mem, &(struct sql_event_after){.after = after, .limit = PIECE}, ret_rows, &err))
        return true;
    log_error(&err, "reading events for live connections");
    return false;
}

void feed_pull(struct hub *hub) {
    for (;;) {
        SCOPED(arena_free) struct arena mem = {0};
        struct sql_event_after_rows rows = {0};
        if (!read_after(hub, &mem, hub->cursor, &rows)) return;
        for (size_t i = 0; i < rows.count; i++) {
            struct live_event event = event_of(&rows.at[i]);
            publish(hub, frame_of_event(&event));
        }
        for (struct peer *peer = hub->peers; peer && rows.count; peer = peer->next) {
            if (peer->stream) feed_stream(peer);
            else if (!peer->dead) peer_write(peer);
        }
        if (rows.count < PIECE) return;
    }
}

bool feed_start(struct hub *hub, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_event_last_row *last = NULL;
    if (!store_read(hub->options.store, &tx, err) || !sql_event_last(&tx, &mem, &last, err)) return false;
    int64_t from = last && last->id > PRELOAD ? last->id - PRELOAD : 0;
    hub->ring_before = hub->cursor = from;
    tx_end(&tx);
    feed_pull(hub);
    return true;
}

void feed_end(struct hub *hub) {
    for (uint32_t i = 0; i < hub->ring_count; i++) frame_drop(ring_at(hub, i));
}

/* What came after the event that the client names; or that it has to begin anew. */
void feed_replay(struct peer *peer, int64_t after) {
    struct hub *hub = peer->hub;
    size_t bytes = 0;
    if (after > hub->cursor) feed_pull(hub);
    bool known = after >= hub->ring_before && after <= hub->cursor;
    uint32_t from = ring_find(hub, after);
    for (uint32_t i = from; known && i < hub->ring_count; i++)
        if (peer_wants(peer, &ring_at(hub, i)->event)) bytes += ring_at(hub, i)->size;
    if (!known || bytes + peer->queue_bytes > QUEUE_LIMIT / 2) {
        peer_say(peer, text_of("{\"resync\":true}"));
        return;
    }
    for (uint32_t i = from; i < hub->ring_count; i++)
        if (peer_wants(peer, &ring_at(hub, i)->event)) peer_queue(peer, ring_at(hub, i));
}

static void stream_event(struct peer *peer, const struct frame *frame) {
    SCOPED(arena_free) struct arena mem = {0};
    peer->behind = frame->event.id;
    if (!visible(peer, &frame->event)) return;
    /* {"event":X}: the stream carries X alone. */
    struct text json = text_slice(frame->json, 9, frame->json.size - 10);
    struct text line =
        text_printf(&mem, "id: %" PRId64 "\nevent: event\ndata: %.*s\n\n", frame->event.id, (int)json.size, json.data);
    if (!stream_send(peer->stream, line)) peer->dead = true;
}

static bool stream_from_store(struct peer *peer) {
    SCOPED(arena_free) struct arena mem = {0};
    struct sql_event_after_rows rows = {0};
    if (!read_after(peer->hub, &mem, peer->behind, &rows) || rows.count == 0) return false;
    for (size_t i = 0; i < rows.count && !peer->dead; i++) {
        struct live_event event = event_of(&rows.at[i]);
        if (event.id > peer->hub->cursor || stream_waiting(peer->stream) > STREAM_HIGH) return true;
        struct frame *frame = frame_of_event(&event);
        stream_event(peer, frame);
        frame_drop(frame);
    }
    return true;
}

void feed_stream(struct peer *peer) {
    struct hub *hub = peer->hub;
    if (!peer->dead && peer->behind < hub->ring_before && stream_waiting(peer->stream) <= STREAM_HIGH)
        (void)stream_from_store(peer);
    if (peer->behind < hub->ring_before) return; /* goes on when the reader has taken some */
    for (uint32_t i = ring_find(hub, peer->behind); i < hub->ring_count && !peer->dead; i++) {
        if (stream_waiting(peer->stream) > STREAM_HIGH) return;
        stream_event(peer, ring_at(hub, i));
    }
}
