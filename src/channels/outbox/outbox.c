/* The sender's threads: each takes what is due, makes the letter, hands it over, and writes down how it went. */
#include "channels/outbox/outbox_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"

#include <pthread.h>
#include <unistd.h>

enum { THREADS_LIMIT = 16, FAILING_SLOTS = 64, NOTE_PAUSE = 500000 };
_Static_assert(DELIVERY_LEASE_SECONDS > 2 * SEND_SECONDS && LETTER_LEASE_SECONDS > 2 * SEND_SECONDS, "a slow send is not taken for a lost one");
static const int64_t POLL = 500 * 1000LL, CARE_EVERY = 2 * 1000000LL;
static const int64_t NO_MAILBOX_PAUSE = 60 * 1000000LL;

/* A mailbox whose server fails is left alone until its pause is over (steady), so that it can't hold up the others; a changed one
 * (version) has not failed yet. */
struct failing {
    int64_t mailbox, version, until, count;
};

struct outbox;

/* One thread, and what it is about: nothing is taken twice, even when a clock set forward lets its lease end early. */
struct sender {
    struct outbox *outbox;
    pthread_t thread;
    int64_t message, letter;
};

struct outbox {
    struct outbox_options options;
    struct sender senders[THREADS_LIMIT];
    int thread_count;
    pthread_mutex_t lock, taking; /* taking: of one thread at a time, so that it is known whether any is about something */
    pthread_cond_t changed;
    uint64_t wakes;
    bool stopping, has_failed;  /* has_failed: something may be leased that nobody is about */
    int64_t cared_at, wall;     /* see take_care */
    struct failing failing[FAILING_SLOTS];
};

/* One thing that is due: an answer, a letter of a side conversation, or one of the program. */
struct due {
    message_id message;
    struct due_letter letter;
    bool is_letter, is_side;
    int64_t attempts, created_at;
};

struct taking {
    struct arena *mem;
    struct due due;
    bool found;
};

/* --- Pauses -------------------------------------------------------------------------------------------------------- */


static struct failing *failing_of(struct outbox *outbox, const struct mailbox *mailbox) {
    return &outbox->failing[(size_t)mailbox->id.value % FAILING_SLOTS];
}

static bool is_about(const struct failing *failing, const struct mailbox *mailbox) {
    return failing->mailbox == mailbox->id.value && failing->version == mailbox->version;
}

/* How long this mailbox is yet to be left alone; 0: it may be tried. */
static int64_t failing_for(struct outbox *outbox, const struct mailbox *mailbox) {
    pthread_mutex_lock(&outbox->lock);
    struct failing *failing = failing_of(outbox, mailbox);
    int64_t left = is_about(failing, mailbox) ? failing->until - clock_steady() : 0;
    pthread_mutex_unlock(&outbox->lock);
    return left > 0 ? left : 0;
}

/* A mailbox that failed is asked again after 5 s at first, and every two minutes at most: so it recovers by itself soon. */
static int64_t note_failing(struct outbox *outbox, const struct mailbox *mailbox) {
    pthread_mutex_lock(&outbox->lock);
    struct failing *failing = failing_of(outbox, mailbox);
    if (!is_about(failing, mailbox)) *failing = (struct failing){.mailbox = mailbox->id.value, .version = mailbox->version};
    int64_t pause = failing->count < 5 ? (5 * SECOND) << failing->count : 2 * MINUTE;
    failing->count++;
    failing->until = clock_steady() + pause;
    pthread_mutex_unlock(&outbox->lock);
    return pause;
}

static void note_well(struct outbox *outbox, const struct mailbox *mailbox) {
    pthread_mutex_lock(&outbox->lock);
    struct failing *failing = failing_of(outbox, mailbox);
    if (is_about(failing, mailbox)) *failing = (struct failing){0};
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
    if (noting->due->is_side)
        return side_settle(tx, noting->due->message, noting->due->attempts, noting->state, noting->detail, noting->next_at, err);
    if (!noting->due->is_letter) return delivery_settle(tx, noting->due->message, noting->due->attempts, noting->state, noting->detail, noting->next_at, err);
    if (sent) return letter_sent(tx, noting->due->letter.id, err);
    return letter_failed(tx, noting->due->letter.id, noting->due->attempts, noting->detail, noting->next_at, err);
}

static bool is_stopping(struct outbox *outbox) {
    pthread_mutex_lock(&outbox->lock);
    bool stopping = outbox->stopping;
    pthread_mutex_unlock(&outbox->lock);
    return stopping;
}

/* Until it is written: what has left and is not known to have would leave again. */
static void write_down(struct outbox *outbox, struct noting *noting) {
    bool said = false;
    noting->detail = text_cut(noting->detail, 500);
    for (;;) {
        struct error err = {0};
        if (store_write(outbox->options.store, note, noting, &err)) return;
        if (!said) log_error(&err, "outbox: noting message %" PRId64, noting->due->message.value);
        said = true;
        if (is_stopping(outbox) || (err.code != ERR_BUSY && err.code != ERR_NO_ROOM && err.code != ERR_IO && err.code != ERR_DEADLINE)) return;
        usleep(NOTE_PAUSE);
    }
}

static void note_later(struct outbox *outbox, const struct due *due, const struct sending *sending, struct text detail, int64_t pause) {
    bool over = outbox_gives_up(due->attempts, clock_now() - due->created_at);
    struct noting noting = {.due = due, .state = over ? "failed" : "queued", .detail = detail, .next_at = over ? 0 : clock_now() + pause};
    if (sending) noting.mailbox = sending->mailbox->id;
    write_down(outbox, &noting);
}

static void note_result(struct outbox *outbox, const struct due *due, const struct sending *sending, const struct send_result *result) {
    mailbox_id mailbox = sending->mailbox->id;
    if (result->outcome == SEND_STOPPED) {
        note_later(outbox, due, sending, result->detail, 0);
        return;
    }
    struct noting noting = {.due = due, .mailbox = mailbox, .detail = result->detail, .notes_mailbox = true, .mailbox_fails = result->is_mailbox};
    bool over = outbox_gives_up(due->attempts, clock_now() - due->created_at);
    int64_t pause = outbox_pause(due->attempts);
    if (result->outcome == SEND_LATER && result->is_mailbox) pause = note_failing(outbox, sending->mailbox) + SECOND;
    else note_well(outbox, sending->mailbox);
    if (result->outcome == SEND_LATER) noting.next_at = clock_now() + pause;
    noting.state = result->outcome == SEND_DONE ? "sent" : result->outcome == SEND_REFUSED || over ? "failed" : "queued";
    if (strcmp(noting.state, "queued") != 0) noting.next_at = 0;
    /* A success is worth a note only when the mailbox had been failing: the commit is the same. */
    write_down(outbox, &noting);
}

/* --- One letter ------------------------------------------------------------------------------------------------------ */

/* *ret_reads: a letter of a side conversation that the customer's side would read. */
static bool compose(struct outbox *outbox, struct arena *mem, const struct due *due, struct sending *ret_sending, bool *ret_reads, struct error *err) {
    if (due->is_side) return letter_of_side(&outbox->options, mem, due->message, ret_sending, ret_reads, err);
    if (due->is_letter) return letter_of_program(&outbox->options, mem, &due->letter, ret_sending, err);
    return letter_of_message(&outbox->options, mem, due->message, ret_sending, err);
}

static void send_one(struct outbox *outbox, struct arena *mem, const struct due *due) {
    struct sending sending = {0};
    struct error err = {0};
    bool reads = false;
    if (!compose(outbox, mem, due, &sending, &reads, &err)) {
        log_error(&err, "outbox: composing message %" PRId64, due->message.value);
        note_later(outbox, due, NULL, text_of(err.message), outbox_pause(due->attempts));
        return;
    }
    if (reads) {
        struct noting noting = {.due = due, .state = "failed", .detail = text_of("customer_reads")};
        write_down(outbox, &noting);
        return;
    }
    if (!sending.mailbox) {
        note_later(outbox, due, NULL, text_of(DELIVERY_NO_MAILBOX), NO_MAILBOX_PAUSE);
        return;
    }
    if (sending.recipient_count == 0) {
        struct noting noting = {.due = due, .state = "failed", .detail = text_of("no_recipient")};
        write_down(outbox, &noting);
        return;
    }
    int64_t left = failing_for(outbox, sending.mailbox);
    if (left) {
        struct text why = sending.mailbox->out_error.data ? sending.mailbox->out_error : text_of("mailbox_failing");
        note_later(outbox, due, &sending, why, left + SECOND);
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
    bool is_side = !count;
    if (!count && !side_take(tx, taking->mem, 1, &count, &delivery, err)) return false;
    if (count) {
        taking->due = (struct due){.message = delivery->message, .is_side = is_side, .attempts = delivery->attempts, .created_at = delivery->created_at};
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
    bool answers = false, sides = false, letters = false;
    if (!store_read(outbox->options.store, &tx, &err)) return false;
    return delivery_is_due(&tx, "mail", &answers, &err) && side_is_due(&tx, &sides, &err) && letter_is_due(&tx, &letters, &err)
           && (answers || sides || letters);
}

/* False when another thread of ours is still about it. */
static bool begin(struct sender *sender, const struct due *due) {
    struct outbox *outbox = sender->outbox;
    bool free = true;
    pthread_mutex_lock(&outbox->lock);
    for (int i = 0; i < THREADS_LIMIT && free; i++) {
        const struct sender *other = &outbox->senders[i];
        free = due->is_letter ? other->letter != due->letter.id : other->message != due->message.value;
    }
    if (free) {
        sender->letter = due->is_letter ? due->letter.id : 0;
        sender->message = due->is_letter ? 0 : due->message.value;
    }
    pthread_mutex_unlock(&outbox->lock);
    return free;
}

static void end(struct sender *sender) {
    pthread_mutex_lock(&sender->outbox->lock);
    sender->letter = sender->message = 0;
    pthread_mutex_unlock(&sender->outbox->lock);
}

/* False when nothing was taken; *ret_free false when another thread is about it. */
static bool take_one(struct sender *sender, struct taking *taking, bool *ret_free) {
    struct outbox *outbox = sender->outbox;
    struct error err = {0};
    pthread_mutex_lock(&outbox->taking);
    bool ok = store_write(outbox->options.store, take, taking, &err);
    *ret_free = ok && taking->found && begin(sender, &taking->due);
    if (!ok) outbox->has_failed = true;
    pthread_mutex_unlock(&outbox->taking);
    if (!ok) log_error(&err, "outbox: taking what is due");
    return ok && taking->found;
}

static bool release(struct tx *tx, void *argument, struct error *err) {
    return delivery_release(tx, err) && side_release(tx, err) && letter_release(tx, err);
}

/* After a failure of the store something may be leased by us that nobody is about, since nobody heard of the commit. */
static void release_lost(struct outbox *outbox) {
    struct error err = {0};
    bool idle = true;
    pthread_mutex_lock(&outbox->taking);
    pthread_mutex_lock(&outbox->lock);
    for (int i = 0; i < THREADS_LIMIT; i++) idle = idle && !outbox->senders[i].message && !outbox->senders[i].letter;
    pthread_mutex_unlock(&outbox->lock);
    if (outbox->has_failed && idle && store_write(outbox->options.store, release, NULL, &err)) outbox->has_failed = false;
    pthread_mutex_unlock(&outbox->taking);
}

static void work_off(struct sender *sender) {
    struct outbox *outbox = sender->outbox;
    for (;;) {
        SCOPED(arena_free) struct arena mem = {0};
        struct taking taking = {.mem = &mem};
        bool free = false;
        if (is_stopping(outbox) || !is_due(outbox) || !take_one(sender, &taking, &free)) return;
        if (!free) continue;
        send_one(outbox, &mem, &taking.due);
        end(sender);
    }
}

/* False when it is time to go. */
static bool wait_for_work(struct outbox *outbox, uint64_t *seen) {
    pthread_mutex_lock(&outbox->lock);
    if (outbox->wakes == *seen && !outbox->stopping) condition_wait(&outbox->changed, &outbox->lock, POLL);
    *seen = outbox->wakes;
    bool goes_on = !outbox->stopping;
    pthread_mutex_unlock(&outbox->lock);
    return goes_on;
}

static bool recover(struct tx *tx, void *argument, struct error *err) {
    return delivery_recover(tx, err) && side_recover(tx, err) && letter_recover(tx, err);
}

static bool hasten(struct tx *tx, void *argument, struct error *err) {
    return delivery_hasten(tx, err) && side_hasten(tx, err) && letter_hasten(tx, err);
}

/* Now and then, by whichever thread comes first: takes over from processes that are gone, and lets nothing wait for an hour
 * that a clock set back has moved far away. */
static void take_care(struct outbox *outbox) {
    struct error err = {0};
    pthread_mutex_lock(&outbox->lock);
    bool due = clock_steady() - outbox->cared_at > CARE_EVERY;
    int64_t back = due ? clock_set_back(&outbox->wall) : 0;
    if (due) outbox->cared_at = clock_steady();
    pthread_mutex_unlock(&outbox->lock);
    if (due) release_lost(outbox);
    if (due && store_knows_the_dead(outbox->options.store) && !store_write(outbox->options.store, recover, NULL, &err))
        log_error(&err, "outbox: taking over");
    if (back && !store_write(outbox->options.store, hasten, NULL, &err)) log_error(&err, "outbox: after the clock was set back");
}

static void *run(void *argument) {
    struct sender *sender = argument;
    uint64_t seen = 0;
    do {
        take_care(sender->outbox);
        work_off(sender);
    } while (wait_for_work(sender->outbox, &seen));
    return NULL;
}

/* What the last run left: with SQLite nobody else can be at work on it. */
static bool begin_anew(const struct outbox_options *options, struct error *err) {
    if (store_dialect(options->store) == DIALECT_SQLITE && !store_write(options->store, recover, NULL, err)) return false;
    return store_write(options->store, hasten, NULL, err);
}

bool outbox_start(const struct outbox_options *options, struct outbox **ret_outbox, struct error *err) {
    if (!begin_anew(options, err)) return false;
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox) return error_set(err, ERR_INTERNAL, "no memory for the outbox");
    outbox->options = *options;
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_mutex_init(&outbox->taking, NULL);
    condition_make(&outbox->changed);
    int wanted = options->threads ? options->threads : 2;
    for (int i = 0; i < wanted && i < THREADS_LIMIT; i++) {
        outbox->senders[i].outbox = outbox;
        if (pthread_create(&outbox->senders[i].thread, NULL, run, &outbox->senders[i]) != 0) {
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

void outbox_prepare_stop(struct outbox *outbox) {
    pthread_mutex_lock(&outbox->lock);
    outbox->stopping = true;
    pthread_cond_broadcast(&outbox->changed);
    pthread_mutex_unlock(&outbox->lock);
}

void outbox_stop(struct outbox *outbox) {
    if (!outbox) return;
    outbox_prepare_stop(outbox);
    for (int i = 0; i < outbox->thread_count; i++) pthread_join(outbox->senders[i].thread, NULL);
    pthread_cond_destroy(&outbox->changed);
    pthread_mutex_destroy(&outbox->lock);
    pthread_mutex_destroy(&outbox->taking);
    free(outbox);
}
