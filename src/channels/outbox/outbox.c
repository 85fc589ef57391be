/* The sender's threads: each takes what is due, makes the letter, hands it over, and writes down how it went. */
#include "channels/outbox/outbox_private.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>

enum { THREADS_LIMIT = 16, FAILING_SLOTS = 64 };
static const int64_t POLL = 500 * 1000000LL; /* nanoseconds */
static const int64_t GIVE_UP = 4 * 86400 * 1000000LL, NO_MAILBOX_PAUSE = 60 * 1000000LL;

/* A mailbox whose server fails is left alone until its pause is over, so that it can't hold up the others. */
struct failing {
    int64_t mailbox, until, count;
};

struct outbox {
    struct outbox_options options;
    pthread_t threads[THREADS_LIMIT];
    int thread_count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t wakes;
    bool stopping;
    struct failing failing[FAILING_SLOTS];
};

/* One thing that is due: an answer, or a letter of the program. */
struct due {
    message_id message;
    struct due_letter letter;
    bool is_letter;
    int64_t attempts, created_at;
};

struct taking {
    struct arena *mem;
    struct due due;
    bool found;
};

/* --- Pauses -------------------------------------------------------------------------------------------------------- */

static int64_t pause_after(int64_t attempts) {
    static const int64_t seconds[] = {15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    size_t step = attempts < 1 ? 0 : (size_t)attempts - 1;
    return seconds[step < COUNT_OF(seconds) ? step : COUNT_OF(seconds) - 1] * SECOND;
}

static struct failing *failing_of(struct outbox *outbox, mailbox_id id) {
    return &outbox->failing[(size_t)id.value % FAILING_SLOTS];
}

/* When this mailbox may be tried again; 0: now. */
static int64_t failing_until(struct outbox *outbox, mailbox_id id) {
    pthread_mutex_lock(&outbox->lock);
    struct failing *failing = failing_of(outbox, id);
    int64_t until = failing->mailbox == id.value && failing->until > clock_now() ? failing->until : 0;
    pthread_mutex_unlock(&outbox->lock);
    return until;
}

/* A mailbox that failed is asked again after 5 s at first, and every two minutes at most: so it recovers by itself soon. */
static int64_t note_failing(struct outbox *outbox, mailbox_id id) {
    pthread_mutex_lock(&outbox->lock);
    struct failing *failing = failing_of(outbox, id);
    if (failing->mailbox != id.value) *failing = (struct failing){.mailbox = id.value};
    int64_t pause = failing->count < 5 ? (5 * SECOND) << failing->count : 2 * MINUTE;
    failing->count++;
    failing->until = clock_now() + pause;
    int64_t until = failing->until;
    pthread_mutex_unlock(&outbox->lock);
    return until;
}

static void note_well(struct outbox *outbox, mailbox_id id) {
    pthread_mutex_lock(&outbox->lock);
    struct failing *failing = failing_of(outbox, id);
    if (failing->mailbox == id.value) *failing = (struct failing){0};
    pthread_mutex_unlock(&outbox->lock);
}

/* --- Writing down ---------------------------------------------------------------------------------------------------- */

struct noting {
    const struct due *due;
    mailbox_id mailbox;
    const char *state;
    struct text detail;
    int64_t next_at;
    bool notes_mailbox, mailbox_fails;
};

static bool note(struct tx *tx, void *argument, struct error *err) {
    const struct noting *noting = argument;
    bool sent = strcmp(noting->state, "sent") == 0;
    if (noting->notes_mailbox && !mailbox_note_out(tx, noting->mailbox, noting->mailbox_fails ? noting->detail : (struct text){0}, err)) return false;
    if (!noting->due->is_letter) return delivery_report(tx, noting->due->message, noting->state, noting->detail, noting->next_at, err);
    if (sent) return letter_sent(tx, noting->due->letter.id, err);
    return letter_failed(tx, noting->due->letter.id, noting->detail, noting->next_at, err);
}

static void write_down(struct outbox *outbox, struct noting *noting) {
    struct error err = {0};
    noting->detail = text_cut(noting->detail, 500);
    if (!store_write(outbox->options.store, note, noting, &err)) log_error(&err, "outbox: noting message %" PRId64, noting->due->message.value);
}

static void note_later(struct outbox *outbox, const struct due *due, const struct sending *sending, struct text detail, int64_t next_at) {
    bool too_old = clock_now() - due->created_at > GIVE_UP;
    struct noting noting = {.due = due, .state = too_old ? "failed" : "queued", .detail = detail, .next_at = too_old ? 0 : next_at};
    if (sending) noting.mailbox = sending->mailbox->id;
    write_down(outbox, &noting);
}

static void note_result(struct outbox *outbox, const struct due *due, const struct sending *sending, const struct send_result *result) {
    mailbox_id mailbox = sending->mailbox->id;
    struct noting noting = {.due = due, .mailbox = mailbox, .detail = result->detail, .notes_mailbox = true, .mailbox_fails = result->is_mailbox};
    bool too_old = clock_now() - due->created_at > GIVE_UP;
    if (result->outcome == SEND_LATER && result->is_mailbox) noting.next_at = note_failing(outbox, mailbox) + SECOND;
    else note_well(outbox, mailbox);
    if (result->outcome == SEND_LATER && !noting.next_at) noting.next_at = clock_now() + pause_after(due->attempts);
    noting.state = result->outcome == SEND_DONE ? "sent" : result->outcome == SEND_REFUSED || too_old ? "failed" : "queued";
    if (strcmp(noting.state, "queued") != 0) noting.next_at = 0;
    /* A success is worth a note only when the mailbox had been failing: the commit is the same. */
    write_down(outbox, &noting);
}

/* --- One letter ------------------------------------------------------------------------------------------------------ */

static bool compose(struct outbox *outbox, struct arena *mem, const struct due *due, struct sending *ret_sending, struct error *err) {
    if (due->is_letter) return letter_of_program(&outbox->options, mem, &due->letter, ret_sending, err);
    return letter_of_message(&outbox->options, mem, due->message, ret_sending, err);
}

static void send_one(struct outbox *outbox, struct arena *mem, const struct due *due) {
    struct sending sending = {0};
    struct error err = {0};
    if (!compose(outbox, mem, due, &sending, &err)) {
        log_error(&err, "outbox: composing message %" PRId64, due->message.value);
        note_later(outbox, due, NULL, text_of(err.message), clock_now() + pause_after(due->attempts));
        return;
    }
    if (!sending.mailbox) {
        note_later(outbox, due, NULL, text_of("no_mailbox"), clock_now() + NO_MAILBOX_PAUSE);
        return;
    }
    if (sending.recipient_count == 0) {
        struct noting noting = {.due = due, .state = "failed", .detail = text_of("no_recipient")};
        write_down(outbox, &noting);
        return;
    }
    int64_t until = failing_until(outbox, sending.mailbox->id);
    if (until) {
        struct text why = sending.mailbox->out_error.data ? sending.mailbox->out_error : text_of("mailbox_failing");
        note_later(outbox, due, &sending, why, until + SECOND);
        return;
    }
    struct send_result result = outbox->options.send(outbox->options.context, mem, &sending);
    note_result(outbox, due, &sending, &result);
}

/* --- The threads ------------------------------------------------------------------------------------------------------ */

static bool take(struct tx *tx, void *argument, struct error *err) {
    struct taking *taking = argument;
    const struct due_delivery *delivery;
    const struct due_letter *letter;
    size_t count;
    taking->found = false;
    if (!delivery_take(tx, taking->mem, "mail", 1, &count, &delivery, err)) return false;
    if (count) {
        taking->due = (struct due){.message = delivery->message, .attempts = delivery->attempts, .created_at = delivery->created_at};
        taking->found = true;
        return true;
    }
    if (!letter_take(tx, taking->mem, 1, &count, &letter, err)) return false;
    if (count) {
        taking->due = (struct due){.letter = *letter, .is_letter = true, .attempts = letter->attempts, .created_at = letter->created_at};
        taking->found = true;
    }
    return true;
}

static bool is_due(struct outbox *outbox) {
    SCOPED(tx_end) struct tx tx = {0};
    struct error err = {0};
    bool answers = false, letters = false;
    if (!store_read(outbox->options.store, &tx, &err)) return false;
    return delivery_is_due(&tx, "mail", &answers, &err) && letter_is_due(&tx, &letters, &err) && (answers || letters);
}

static bool is_stopping(struct outbox *outbox) {
    pthread_mutex_lock(&outbox->lock);
    bool stopping = outbox->stopping;
    pthread_mutex_unlock(&outbox->lock);
    return stopping;
}

static void work_off(struct outbox *outbox) {
    for (;;) {
        SCOPED(arena_free) struct arena mem = {0};
        struct taking taking = {.mem = &mem};
        struct error err = {0};
        if (is_stopping(outbox) || !is_due(outbox)) return;
        if (!store_write(outbox->options.store, take, &taking, &err)) {
            log_error(&err, "outbox: taking what is due");
            return;
        }
        if (!taking.found) return;
        send_one(outbox, &mem, &taking.due);
    }
}

/* False when it is time to go. */
static bool wait_for_work(struct outbox *outbox, uint64_t *seen) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += POLL;
    if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
    pthread_mutex_lock(&outbox->lock);
    if (outbox->wakes == *seen && !outbox->stopping) pthread_cond_timedwait(&outbox->changed, &outbox->lock, &until);
    *seen = outbox->wakes;
    bool goes_on = !outbox->stopping;
    pthread_mutex_unlock(&outbox->lock);
    return goes_on;
}

static void *run(void *argument) {
    struct outbox *outbox = argument;
    uint64_t seen = 0;
    do work_off(outbox);
    while (wait_for_work(outbox, &seen));
    return NULL;
}

bool outbox_start(const struct outbox_options *options, struct outbox **ret_outbox, struct error *err) {
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox) return error_set(err, ERR_INTERNAL, "no memory for the outbox");
    outbox->options = *options;
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->changed, NULL);
    int wanted = options->threads ? options->threads : 2;
    for (int i = 0; i < wanted && i < THREADS_LIMIT; i++) {
        if (pthread_create(&outbox->threads[i], NULL, run, outbox) != 0) {
            outbox_stop(outbox);
            return error_set(err, ERR_INTERNAL, "the outbox's threads can't be started");
        }
        outbox->thread_count++;
    }
    *ret_outbox = outbox;
    return true;
}

void outbox_wake(struct outbox *outbox) {
    pthread_mutex_lock(&outbox->lock);
    outbox->wakes++;
    pthread_cond_broadcast(&outbox->changed);
    pthread_mutex_unlock(&outbox->lock);
}

void outbox_stop(struct outbox *outbox) {
    if (!outbox) return;
    pthread_mutex_lock(&outbox->lock);
    outbox->stopping = true;
    pthread_cond_broadcast(&outbox->changed);
    pthread_mutex_unlock(&outbox->lock);
    for (int i = 0; i < outbox->thread_count; i++) pthread_join(outbox->threads[i], NULL);
    pthread_cond_destroy(&outbox->changed);
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
}
