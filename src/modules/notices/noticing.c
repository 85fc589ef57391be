/* The thread that tells: it reads some events from one snapshot, works out whom they concern, and writes that with its place. */
#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "modules/approvals/approvals.h"
#include "modules/notices/notices_private.h"
#include "modules/people/people.h"
#include "modules/tickets/tickets.h"
#include "platform/events/pace.h"
#include "platform/live/live.h"
#include "sql/platform_events.h"

#include <jansson.h>
#include <pthread.h>

enum { EVENTS = 200, SETTLED = EVENTS * 2 };
static const int64_t PAUSE = 200 * 1000LL;

struct noticer {
    struct arena mem;            /* holds the noticer itself */
    struct store *store;
    struct hub *hub;
    int64_t mail_after;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    struct pace pace;
    int64_t told;                /* up to which event screens know; -1: not begun */
};

/* What one step writes. */
struct telling {
    struct noticer *noticer;
    struct arena mem;
    const struct sql_notice_cursor_read_row *cursor;
    int64_t event;               /* the last that was read */
    struct sql_notice_put *notices;
    size_t count, room;
    struct sql_notice_settle settled[SETTLED];
    size_t settled_count;
    bool taken;
};

/* One event, and the ticket that it happened in. */
struct happening {
    struct telling *telling;
    struct tx *tx;
    const struct sql_event_after_row *event;
    const struct ticket *ticket;
    const json_t *data;
};

static void add(struct telling *telling, const struct sql_notice_put *notice) {
    if (telling->count == telling->room) {
        telling->room = telling->room ? 2 * telling->room : 64;
        struct sql_notice_put *more = arena_array(&telling->mem, telling->room, sizeof *more);
        if (telling->count) memcpy(more, telling->notices, telling->count * sizeof *more);
        telling->notices = more;
    }
    telling->notices[telling->count++] = *notice;
}

static int kind_number(const char *kind) {
    int number = 0;
    while (number + 1 < NOTICE_KINDS && strcmp(notice_kinds[number], kind) != 0) number++;
    return number;
}

/* Nobody is told of their own deeds, or of a ticket that they may not see. */
static bool tell(const struct happening *happening, staff_id staff, const char *kind, const char *why, message_id message, struct error *err) {
    const struct sql_event_after_row *event = happening->event;
    const struct ticket *ticket = happening->ticket;
    struct arena *mem = &happening->telling->mem;
    struct actor actor = {0};
    struct notice_wishes wishes;
    bool found, own = event->actor_kind == ACTOR_STAFF && event->actor_id == staff.value;
    if (!staff.value || own) return true;
    if (!actor_load(happening->tx, mem, staff, &actor, &found, err)) return false;
    if (!found || !ticket_visible(&actor, ticket->id, ticket->team, ticket->assignee)) return true;
    if (!wishes_read(happening->tx, mem, staff, &wishes, err)) return false;
    bool is_shown = wishes.of[kind_number(kind)].is_shown, is_mailed = wishes.of[kind_number(kind)].is_mailed && !wishes.is_stopped;
    if (!is_shown && !is_mailed) return true;
    add(happening->telling, &(struct sql_notice_put){
        .staff_id = staff, .kind = text_of(kind), .ticket_id = ticket->id, .message_id = message, .why = text_of(why),
        .actor_kind = event->actor_kind, .actor_id = event->actor_id, .is_shown = is_shown, .event = event->id, .created_at = event->at,
        .mail_at = is_mailed ? mail_time(&wishes, actor.zone, happening->tx->now + happening->telling->noticer->mail_after) : 0,
    });
    return true;
}

static int64_t number_of(const struct happening *happening, const char *name) {
    return json_integer_value(json_object_get(happening->data, name));
}

/* --- What happens ---------------------------------------------------------------------------------------------------------- */

static bool is_named(const struct message_news *news, staff_id staff) {
    for (size_t i = 0; i < news->named_count; i++)
        if (news->named[i].staff.value == staff.value) return true;
    return false;
}

/* Who is named in a note hears that, and not that there is a note. What opened a ticket is no answer in it. */
static bool on_written(const struct happening *happening, struct error *err) {
    struct arena *mem = &happening->telling->mem;
    message_id message = {number_of(happening, "message")};
    const struct message_news *news;
    const struct hearer *hearers;
    size_t count;
    if (!message_news(happening->tx, mem, message, &news, err)) return false;
    if (!news || happening->ticket->is_spam || news->is_automatic || news->is_first) return true;
    if (!ticket_hearers(happening->tx, mem, happening->ticket, &count, &hearers, err)) return false;
    for (size_t i = 0; i < count; i++)
        if (!is_named(news, hearers[i].staff) && !tell(happening, hearers[i].staff, "reply", hearers[i].why, message, err)) return false;
    return true;
}

static bool on_mentioned(const struct happening *happening, struct error *err) {
    message_id message = {number_of(happening, "message")};
    const struct message_news *news;
    if (!message_news(happening->tx, &happening->telling->mem, message, &news, err)) return false;
    for (size_t i = 0; news && i < news->named_count; i++)
        if (!tell(happening, news->named[i].staff, "mention", news->named[i].team.value ? "team" : "named", message, err)) return false;
    return true;
}

static bool on_opened(const struct happening *happening, struct error *err) {
    return tell(happening, (staff_id){number_of(happening, "assignee")}, "assigned", "assignee", (message_id){0}, err);
}

/* The day that a ticket has waited for has come: for whoever has it, or else for those who look after it. */
static bool on_woken(const struct happening *happening, struct error *err) {
    const struct hearer *hearers;
    size_t count;
    if (!ticket_hearers(happening->tx, &happening->telling->mem, happening->ticket, &count, &hearers, err)) return false;
    for (size_t i = 0; i < count && (i == 0 || !happening->ticket->assignee.value); i++)
        if (!tell(happening, hearers[i].staff, "woke", hearers[i].why, (message_id){0}, err)) return false;
    return true;
}

/* What one had put off for oneself. Who hears of the answer that brought it back needs no second notice. */
static bool on_snooze_ended(const struct happening *happening, struct error *err) {
    const char *why = json_string_value(json_object_get(happening->data, "why"));
    staff_id staff = {number_of(happening, "staff")};
    const struct hearer *hearers;
    size_t count;
    bool hears = false;
    if (happening->ticket->is_spam) return true;
    if (!why || (strcmp(why, "time") != 0 && strcmp(why, "message") != 0)) return true;
    if (!ticket_hearers(happening->tx, &happening->telling->mem, happening->ticket, &count, &hearers, err)) return false;
    for (size_t i = 0; i < count; i++) hears |= hearers[i].staff.value == staff.value;
    return (hears && strcmp(why, "message") == 0) || tell(happening, staff, "woke", "snoozed", (message_id){0}, err);
}

static bool on_changed(const struct happening *happening, struct error *err) {
    staff_id assignee = {json_integer_value(json_array_get(json_object_get(happening->data, "assignee"), 1))};
    bool woke = happening->event->actor_kind == ACTOR_SYSTEM && text_is(happening->event->cause, "date");
    if (woke && !on_woken(happening, err)) return false;
    return tell(happening, assignee, "assigned", "assignee", (message_id){0}, err);
}

static bool on_delivery(const struct happening *happening, struct error *err) {
    message_id message = {number_of(happening, "message")};
    const char *state = json_string_value(json_object_get(happening->data, "state"));
    const struct message_news *news;
    if (!state || (strcmp(state, "failed") != 0 && strcmp(state, "bounced") != 0)) return true;
    if (!message_news(happening->tx, &happening->telling->mem, message, &news, err)) return false;
    return !news || tell(happening, news->author, "delivery", "author", message, err);
}

/* To whoever may answer it was handed in the ticket itself. */
static bool on_handed(const struct happening *happening, struct error *err) {
    return tell(happening, (staff_id){number_of(happening, "staff")}, "draft", "handed", (message_id){0}, err);
}

/* Each whom an approval is asked of, and whether they have anything to decide in its ticket. */
struct decider {
    const char *why;
    staff_id staff;
    ticket_id ticket;
    bool waits;
};

static bool find_deciders(const struct happening *happening, struct decider ret[2], struct error *err) {
    ret[0] = (struct decider){.why = "approver"};
    ret[1] = (struct decider){.why = "deputy"};
    for (int i = 0; i < 2; i++) {
        ret[i].staff = (staff_id){number_of(happening, ret[i].why)};
        if (ret[i].staff.value
            && !approvals_wait_for(happening->tx, number_of(happening, "approval"), ret[i].staff, &ret[i].ticket, &ret[i].waits, err)) return false;
    }
    return true;
}

static bool tell_deciders(const struct happening *happening, const char *kind, struct error *err) {
    struct decider deciders[2];
    if (!find_deciders(happening, deciders, err)) return false;
    for (int i = 0; i < 2; i++)
        if (deciders[i].waits && !tell(happening, deciders[i].staff, kind, deciders[i].why, (message_id){0}, err)) return false;
    return true;
}

/* Who has nothing to decide any more in the ticket need not look for it. */
static bool settle_deciders(const struct happening *happening, struct error *err) {
    struct telling *telling = happening->telling;
    struct decider deciders[2];
    if (!find_deciders(happening, deciders, err)) return false;
    for (int i = 0; i < 2; i++)
        if (deciders[i].ticket.value && !deciders[i].waits)
            telling->settled[telling->settled_count++] = (struct sql_notice_settle){
                .read_at = happening->event->at, .event = happening->event->id, .staff_id = deciders[i].staff, .ticket_id = deciders[i].ticket};
    return true;
}

static bool on_approval_asked(const struct happening *happening, struct error *err) {
    return tell_deciders(happening, "approval", err);
}

static bool on_approval_decided(const struct happening *happening, struct error *err) {
    return settle_deciders(happening, err) && tell(happening, (staff_id){number_of(happening, "asker")}, "decision", "asker", (message_id){0}, err);
}

static bool on_approval_overdue(const struct happening *happening, struct error *err) {
    return tell_deciders(happening, "overdue", err) && tell(happening, (staff_id){number_of(happening, "asker")}, "overdue", "asker", (message_id){0}, err);
}

/* Who began it; whoever looks after the ticket hears of the message itself. */
static bool on_side_answered(const struct happening *happening, struct error *err) {
    staff_id starter = {number_of(happening, "starter")};
    const struct hearer *hearers;
    size_t count;
    bool hears = happening->ticket->is_spam;
    if (!ticket_hearers(happening->tx, &happening->telling->mem, happening->ticket, &count, &hearers, err)) return false;
    for (size_t i = 0; i < count; i++) hears |= hearers[i].staff.value == starter.value;
    return hears || tell(happening, starter, "reply", "side", (message_id){number_of(happening, "message")}, err);
}

static const struct {
    const char *kind;
    bool (*tell)(const struct happening *happening, struct error *err);
} subscriptions[] = {
    {"message.written", on_written}, {"ticket.mentioned", on_mentioned}, {"ticket.opened", on_opened},
    {"ticket.changed", on_changed},  {"message.delivery", on_delivery},
    {"snooze.ended", on_snooze_ended}, {"draft.handed", on_handed},
    {"side.answered", on_side_answered}, {"side.delivery", on_delivery},
    {"approval.asked", on_approval_asked}, {"approval.decided", on_approval_decided}, {"approval.overdue", on_approval_overdue},
    {"approval.withdrawn", settle_deciders},
};

static bool tell_of(struct telling *telling, struct tx *tx, const struct sql_event_after_row *event, struct error *err) {
    struct happening happening = {.telling = telling, .tx = tx, .event = event};
    if (event->actor_kind == ACTOR_IMPORT) return true;
    for (size_t i = 0; i < COUNT_OF(subscriptions); i++) {
        if (!text_is(event->kind, subscriptions[i].kind)) continue;
        json_auto_t *data = json_loadb(event->data.data, event->data.size, 0, NULL);
        happening.data = data;
        ticket_id ticket = event->ticket_id.value ? event->ticket_id : (ticket_id){number_of(&happening, "ticket")};
        if (!ticket_find(tx, &telling->mem, ticket, &happening.ticket, err)) return false;
        return !happening.ticket || subscriptions[i].tell(&happening, err);
    }
    return true;
}

/* --- Step by step ---------------------------------------------------------------------------------------------------------- */

static bool work_out(struct telling *telling, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_event_after_rows rows;
    if (!store_read(telling->noticer->store, &tx, err) || !sql_notice_cursor_read(&tx, &telling->mem, &telling->cursor, err)) return false;
    if (!telling->cursor) return error_set(err, ERR_STORE, "who is told of events has lost its place");
    telling->event = telling->cursor->event;
    if (telling->cursor->newest <= telling->event) return true;
    const struct sql_event_after in = {.after = telling->event, .limit = pace_events(&telling->noticer->pace, telling->event, EVENTS)};
    if (!sql_event_after(&tx, &telling->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        telling->event = rows.at[i].id;
        if (!tell_of(telling, &tx, &rows.at[i], err)) return error_context(err, "event %" PRId64, telling->event);
    }
    return true;
}

/* When somebody else has told of these events meanwhile, there is nothing to write. */
static bool write_telling(struct tx *tx, void *argument, struct error *err) {
    struct telling *telling = argument;
    const struct sql_notice_cursor_take_row *taken;
    const struct sql_notice_cursor_take in = {.event = telling->event, .step = telling->cursor->step};
    if (!sql_notice_cursor_take(tx, &tx->mem, &in, &taken, err)) return false;
    telling->taken = taken != NULL;
    for (size_t i = 0; taken && i < telling->count; i++)
        if (!sql_notice_put(tx, &telling->notices[i], NULL, err)) return false;
    for (size_t i = 0; taken && i < telling->settled_count; i++)
        if (!sql_notice_settle(tx, &telling->settled[i], NULL, err)) return false;
    return true;
}

/* The screens of whoever has something new, whichever process wrote it. */
static bool tell_screens(struct noticer *noticer, int64_t upto, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_notice_told_rows rows;
    if (noticer->told >= upto || !noticer->hub) return true;
    const struct sql_notice_told in = {.told = noticer->told, .upto = upto};
    if (!store_read(noticer->store, &tx, err) || !sql_notice_told(&tx, &tx.mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        hub_send(noticer->hub, arena_printf(&tx.mem, "staff:%" PRId64, rows.at[i].staff_id.value), text_of("{\"notices\":true}"));
    noticer->told = upto;
    return true;
}

/* Of what fails for ever nobody is told, and of what comes after it everybody is. */
static bool pass_over(struct telling *telling, struct error *err) {
    struct error reason = *err;
    int64_t before = telling->cursor ? telling->cursor->event : 0;
    if (!pace_failed(&telling->noticer->pace, before, telling->event, &reason)) return false;
    log_error(&reason, "passing over event %" PRId64 ", of which nobody is told", telling->event);
    telling->count = telling->settled_count = 0;
    return store_write(telling->noticer->store, write_telling, telling, err);
}

static bool tell_events(struct noticer *noticer, bool *ret_found, struct error *err) {
    struct telling telling = {.noticer = noticer};
    bool ok = work_out(&telling, err);
    if (ok && noticer->told < 0) noticer->told = telling.cursor->event;
    *ret_found = ok && telling.event > telling.cursor->event;
    if (*ret_found) ok = store_write(noticer->store, write_telling, &telling, err);
    ok = ok || pass_over(&telling, err);
    if (ok) pace_went_well(&noticer->pace);
    ok = ok && tell_screens(noticer, *ret_found && !telling.taken ? telling.cursor->event : telling.event, err);
    arena_free(&telling.mem);
    return ok;
}

/* Mails of what was told before wait for no event. */
static bool take_step(struct noticer *noticer, bool *ret_found, struct error *err) {
    struct error later;
    bool mailed = false, ok = tell_events(noticer, ret_found, err);
    bool sent = notices_mail(noticer->store, &mailed, ok ? err : &later);
    *ret_found |= mailed;
    return ok && sent;
}

static bool goes_on(struct noticer *noticer, int64_t wait) {
    pthread_mutex_lock(&noticer->lock);
    if (!noticer->stopping && wait) condition_wait(&noticer->wake, &noticer->lock, wait);
    bool stopping = noticer->stopping;
    pthread_mutex_unlock(&noticer->lock);
    return !stopping;
}

static void *run(void *argument) {
    struct noticer *noticer = argument;
    bool found = false;
    while (goes_on(noticer, pace_wait(&noticer->pace, found, PAUSE))) {
        struct error err = {0};
        if (take_step(noticer, &found, &err)) continue;
        found = false;
        log_error(&err, "telling whom events concern");
    }
    return NULL;
}

bool notices_start(struct store *store, struct hub *hub, int64_t mail_after, struct noticer **ret_noticer, struct error *err) {
    struct arena mem = {0};
    struct noticer *noticer = arena_alloc(&mem, sizeof *noticer);
    *noticer = (struct noticer){.mem = mem, .store = store, .hub = hub, .mail_after = mail_after, .told = -1};
    pthread_mutex_init(&noticer->lock, NULL);
    condition_make(&noticer->wake);
    if (pthread_create(&noticer->thread, NULL, run, noticer) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "a thread could not be started");
    }
    *ret_noticer = noticer;
    return true;
}

void notices_stop(struct noticer *noticer) {
    if (!noticer) return;
    pthread_mutex_lock(&noticer->lock);
    noticer->stopping = true;
    pthread_cond_signal(&noticer->wake);
    pthread_mutex_unlock(&noticer->lock);
    pthread_join(noticer->thread, NULL);
    struct arena mem = noticer->mem;
    arena_free(&mem);
}
