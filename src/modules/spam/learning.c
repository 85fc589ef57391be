/* The thread that learns: it follows the events, reads the letters that somebody marked, released or answered, and writes what they teach
 * with its place, so that each event teaches once. */
#include "base/log.h"
#include "base/wait.h"
#include "modules/spam/spam_private.h"
#include "platform/events/pace.h"
#include "platform/files/files.h"
#include "sql/platform_events.h"
#include "wire/mail/mime.h"

#include <jansson.h>
#include <pthread.h>

enum { EVENTS = 200, LESSONS = 8 };
static const int64_t PAUSE = 200 * 1000LL;

struct spam_learner {
    struct arena mem;            /* holds the learner itself */
    struct store *store;
    struct files *files;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    struct pace pace;
};

/* What one step writes. */
struct learning {
    struct spam_learner *learner;
    struct arena mem;
    const struct sql_spam_cursor_read_row *cursor;
    int64_t event; /* the last that was read */
    struct lesson lessons[LESSONS];
    size_t count;
};

/* --- Letters ------------------------------------------------------------------------------------------------------------- */

static struct text from_address(const struct letter *letter, const struct first_letter *first) {
    return letter && letter->from.count ? letter->from.at[0].address : first->from_address;
}

/* As it came, like the filter sees it; what came by a form, or has lost its source, by what the message holds. */
static void read_traits(const struct spam_learner *learner, struct tx *tx, struct arena *mem, const struct first_letter *first, struct traits *ret) {
    struct traits_source source = {.from_name = first->from_name, .from_address = first->from_address, .subject = first->subject, .text = first->text,
                                   .html = first->html};
    struct text raw;
    struct error err = {0};
    const struct letter *letter = NULL;
    if (!text_empty(first->raw_hash) && mail_get(learner->files, tx, mem, first->raw_hash, &raw, &err)
        && mail_parse(mem, raw, NULL, &letter, &err))
        source = (struct traits_source){.from_name = letter->from.count ? letter->from.at[0].name : first->from_name,
                                        .from_address = from_address(letter, first), .subject = letter->subject, .text = letter->text,
                                        .html = letter->html, .letter = letter};
    traits_of(mem, &source, ret);
}

/* Of a letter, which may be large, only the keys stay in memory. */
static bool add_lesson(struct learning *learning, struct tx *tx, ticket_id ticket, enum teaching what, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct first_letter *first;
    struct traits traits;
    if (!ticket_first_letter(tx, &mem, ticket, &first, err)) return false;
    if (!first) return true;
    read_traits(learning->learner, tx, &mem, first, &traits);
    learning->lessons[learning->count++] = (struct lesson){ticket, what, traits_keys(&learning->mem, &traits)};
    return true;
}

/* --- What happens -------------------------------------------------------------------------------------------------------- */

/* A person has marked the ticket as spam, or taken the mark away. */
static bool on_changed(struct learning *learning, struct tx *tx, const struct sql_event_after_row *event, const json_t *data, struct error *err) {
    const char *after = json_string_value(json_array_get(json_object_get(data, "spam"), 1));
    if (!after || event->actor_kind != ACTOR_STAFF) return true;
    return add_lesson(learning, tx, event->ticket_id, strcmp(after, "yes") == 0 ? TEACHES_MARKED : TEACHES_RELEASED, err);
}

/* Somebody of us has answered, and it has left: the letter was worth it. */
static bool on_delivery(struct learning *learning, struct tx *tx, const struct sql_event_after_row *event, const json_t *data, struct error *err) {
    const char *state = json_string_value(json_object_get(data, "state"));
    message_id message = {json_integer_value(json_object_get(data, "message"))};
    const struct message_news *news;
    const struct ticket *ticket;
    if (!state || strcmp(state, "sent") != 0) return true;
    if (!message_news(tx, &learning->mem, message, &news, err) || !ticket_find(tx, &learning->mem, event->ticket_id, &ticket, err)) return false;
    if (!news || !news->author.value || news->is_automatic || !ticket || ticket->is_spam) return true;
    return add_lesson(learning, tx, event->ticket_id, TEACHES_ANSWERED, err);
}

static bool learn_of(struct learning *learning, struct tx *tx, const struct sql_event_after_row *event, struct error *err) {
    bool changed = text_is(event->kind, "ticket.changed"), delivery = text_is(event->kind, "message.delivery");
    if ((!changed && !delivery) || event->actor_kind == ACTOR_IMPORT) return true;
    json_auto_t *data = json_loadb(event->data.data, event->data.size, 0, NULL);
    return changed ? on_changed(learning, tx, event, data, err) : on_delivery(learning, tx, event, data, err);
}

/* --- Step by step -------------------------------------------------------------------------------------------------------- */

static bool work_out(struct learning *learning, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    struct sql_event_after_rows rows;
    if (!store_read(learning->learner->store, &tx, err) || !sql_spam_cursor_read(&tx, &learning->mem, &learning->cursor, err)) return false;
    if (!learning->cursor) return error_set(err, ERR_STORE, "who learns from events has lost its place");
    learning->event = learning->cursor->event;
    if (learning->cursor->newest <= learning->event) return true;
    const struct sql_event_after in = {.after = learning->event, .limit = pace_events(&learning->learner->pace, learning->event, EVENTS)};
    if (!sql_event_after(&tx, &learning->mem, &in, &rows, err)) return false;
    for (size_t i = 0; i < rows.count && learning->count < LESSONS; i++) {
        learning->event = rows.at[i].id;
        if (!learn_of(learning, &tx, &rows.at[i], err)) return error_context(err, "event %" PRId64, learning->event);
    }
    return true;
}

/* When somebody else has learned from these events meanwhile, there is nothing to write. */
static bool write_lessons(struct tx *tx, void *argument, struct error *err) {
    struct learning *learning = argument;
    const struct sql_spam_cursor_take_row *taken;
    const struct sql_spam_cursor_take in = {.event = learning->event, .step = learning->cursor->step};
    if (!sql_spam_cursor_take(tx, &tx->mem, &in, &taken, err)) return false;
    for (size_t i = 0; taken && i < learning->count; i++)
        if (!lesson_take(tx, &learning->lessons[i], err)) return error_context(err, "ticket %" PRId64, learning->lessons[i].ticket.value);
    return true;
}

/* What fails for ever teaches nothing, and what comes after it is learned. */
static bool pass_over(struct learning *learning, struct error *err) {
    struct error reason = *err;
    int64_t before = learning->cursor ? learning->cursor->event : 0;
    if (!pace_failed(&learning->learner->pace, before, learning->event, &reason)) return false;
    log_error(&reason, "passing over event %" PRId64 ", which teaches nothing about spam", learning->event);
    learning->count = 0;
    return store_write(learning->learner->store, write_lessons, learning, err);
}

static bool take_step(struct spam_learner *learner, bool *ret_found, struct error *err) {
    struct learning learning = {.learner = learner};
    bool ok = work_out(&learning, err);
    *ret_found = ok && learning.event > learning.cursor->event;
    if (*ret_found) ok = store_write(learner->store, write_lessons, &learning, err);
    ok = ok || pass_over(&learning, err);
    if (ok) pace_went_well(&learner->pace);
    arena_free(&learning.mem);
    return ok;
}

static bool goes_on(struct spam_learner *learner, int64_t wait) {
    pthread_mutex_lock(&learner->lock);
    if (!learner->stopping && wait) condition_wait(&learner->wake, &learner->lock, wait);
    bool stopping = learner->stopping;
    pthread_mutex_unlock(&learner->lock);
    return !stopping;
}

static void *run(void *argument) {
    struct spam_learner *learner = argument;
    bool found = false;
    while (goes_on(learner, pace_wait(&learner->pace, found, PAUSE))) {
        struct error err = {0};
        if (!take_step(learner, &found, &err)) log_error(&err, "learning what is spam");
    }
    return NULL;
}

bool spam_learner_start(struct store *store, struct files *files, struct spam_learner **ret, struct error *err) {
    struct arena mem = {0};
    struct spam_learner *learner = arena_alloc(&mem, sizeof *learner);
    *learner = (struct spam_learner){.mem = mem, .store = store, .files = files};
    pthread_mutex_init(&learner->lock, NULL);
    condition_make(&learner->wake);
    if (pthread_create(&learner->thread, NULL, run, learner) != 0) {
        arena_free(&mem);
        return error_set(err, ERR_INTERNAL, "a thread could not be started");
    }
    *ret = learner;
    return true;
}

void spam_learner_stop(struct spam_learner *learner) {
    if (!learner) return;
    pthread_mutex_lock(&learner->lock);
    learner->stopping = true;
    pthread_cond_signal(&learner->wake);
    pthread_mutex_unlock(&learner->lock);
    pthread_join(learner->thread, NULL);
    struct arena mem = learner->mem;
    arena_free(&mem);
}
