/* One connection to a mailbox from SELECT on: what is new, then what was there before us, then waiting with IDLE. What was
 * accepted is on disk before the cursor moves, and a letter that is fetched twice is known by where it came from: mailbox,
 * generation, UIDVALIDITY and UID. */
#include "channels/email/fetching.h"

#include "base/clock.h"
#include "base/log.h"
#include "sql/channels_intake.h"
#include "sql/channels_mailboxes.h"

enum { PIECE = 50 };
static const int64_t IDLE_TIME = 9 * 60 * 1000000LL, HEALTH_TIME = 300 * 1000000LL;

/* --- Store ---------------------------------------------------------------------------------------------------------- */

static bool write_cursor(struct tx *tx, void *argument, struct error *err) {
    struct fetching *fetching = argument;
    int64_t changed = 0;
    const struct sql_mailbox_cursor in = {
        .mailbox_id = fetching->mailbox->id, .generation = fetching->mailbox->generation, .uid_validity = fetching->uid_validity,
        .uid_last = fetching->uid_last, .backlog = text_of(fetching->backlog), .backlog_last = fetching->backlog_last,
        .backlog_since_at = fetching->backlog_since_at,
    };
    if (!sql_mailbox_cursor(tx, &in, &changed, err)) return false;
    fetching->is_outdated = changed == 0;
    return true;
}

/* Fails too when the mailbox is fetched from elsewhere by now. */
static bool keep_cursor(struct fetching *fetching, struct error *err) {
    if (!store_write(fetching->email->options.store, write_cursor, fetching, err)) return false;
    return !fetching->is_outdated || error_set(err, ERR_STALE, "the mailbox has changed");
}

struct health {
    mailbox_id id;
    int64_t version;
    struct text error;
};

/* How it went with former settings says nothing of the present ones. */
static bool write_health(struct tx *tx, void *argument, struct error *err) {
    const struct health *health = argument;
    const struct mailbox *mailbox;
    if (!mailbox_find(tx, &tx->mem, health->id, &mailbox, err)) return false;
    return !mailbox || mailbox->version != health->version || mailbox_note_in(tx, health->id, health->error, err);
}

void fetching_note(struct email *email, mailbox_id id, int64_t version, struct text error) {
    struct error err = {0};
    struct health health = {id, version, error};
    if (!store_write(email->options.store, write_health, &health, &err)) log_error(&err, "mailbox %" PRId64, id.value);
}

static void note_well(struct fetching *fetching) {
    int64_t now = clock_steady();
    if (fetching->noted_at && now - fetching->noted_at < HEALTH_TIME) return;
    fetching_note(fetching->email, fetching->mailbox->id, fetching->mailbox->version, (struct text){0});
    fetching->noted_at = now;
}

/* --- Numbers -------------------------------------------------------------------------------------------------------- */

struct found_uids {
    struct arena *mem;
    uint32_t *at;
    size_t count;
};

static void take_search(const struct imap_response *response, void *context) {
    struct found_uids *found = context;
    uint32_t *numbers;
    size_t count;
    if (!imap_search_read(found->mem, response, &numbers, &count) || found->count) return;
    found->at = numbers;
    found->count = count;
}

static int by_number(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* Oldest first. */
static bool search(struct fetching *fetching, struct arena *mem, const char *words, struct found_uids *found, struct error *err) {
    *found = (struct found_uids){.mem = mem};
    if (!imap_run_words(&fetching->session, mem, words, take_search, found, err)) return false;
    if (found->count) qsort(found->at, found->count, sizeof *found->at, by_number);
    return true;
}

static const char *backlog_words(struct arena *mem, const struct fetching *fetching) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    bool unread = strcmp(fetching->backlog, "unread") == 0;
    int year, month, day;
    time_to_date(fetching->backlog_since_at, &year, &month, &day);
    return arena_printf(mem, "UID SEARCH UID 1:%" PRId64 "%s SINCE %d-%s-%d", fetching->backlog_last, unread ? " UNSEEN" : "", day, months[month - 1],
                        year);
}

/* The highest number there is; a server says what comes next, or has to be asked. */
static bool find_last(struct fetching *fetching, struct arena *mem, int64_t *ret_last, struct error *err) {
    const struct imap_mailbox *selected = &fetching->session.selected;
    struct found_uids found;
    *ret_last = selected->uid_next ? (int64_t)selected->uid_next - 1 : 0;
    if (selected->uid_next || selected->exists == 0) return true;
    if (!search(fetching, mem, "UID SEARCH UID *", &found, err)) return false;
    if (found.count) *ret_last = found.at[found.count - 1];
    return true;
}

/* --- Letters -------------------------------------------------------------------------------------------------------- */

struct fetched {
    uint32_t uid;
    uint64_t size;
    int64_t received_at;
    struct buffer *body;
    bool is_there, is_unreadable;   /* the last answer named the letter; it was none */
};

/* One letter on the server. */
struct wanted {
    uint32_t uid;
    struct text key, missing_key;
    bool again;                     /* it had been set aside, and somebody wants it */
};

static struct wanted wanted_of(struct fetching *fetching, struct arena *mem, uint32_t uid) {
    struct wanted wanted = {.uid = uid};
    wanted.key = text_printf(mem, "imap:%" PRId64 ".%" PRId64 ":%" PRId64 ":%u", fetching->mailbox->id.value, fetching->mailbox->generation,
                             fetching->uid_validity, uid);
    wanted.missing_key = text_printf(mem, "%.*s#missing", (int)wanted.key.size, wanted.key.data);
    return wanted;
}

static void take_fetch(const struct imap_response *response, void *context) {
    struct fetched *wanted = context;
    struct imap_fetch fetch;
    if (!imap_fetch_read(response, &fetch)) {
        wanted->is_unreadable = wanted->is_unreadable || text_is_nocase(response->name, "FETCH");
        return;
    }
    wanted->is_there = wanted->is_there || fetch.uid == wanted->uid;
    if (fetch.size) wanted->size = fetch.size;
    if (fetch.internal_date.size && fetch.internal_date.size < 40) {
        char date[40];
        snprintf(date, sizeof date, "%.*s", (int)fetch.internal_date.size, fetch.internal_date.data);
        time_t seconds = curl_getdate(date, NULL);
        if (seconds > 0) wanted->received_at = (int64_t)seconds * SECOND;
    }
    if (wanted->body && fetch.body.size && wanted->body->size == 0) buffer_add_text(wanted->body, fetch.body);
}

static bool fetch_part(struct fetching *fetching, struct arena *mem, uint32_t uid, const char *part, struct fetched *wanted, struct error *err) {
    fetching->session.body = wanted->body;
    wanted->uid = uid;
    wanted->is_there = false;
    bool ok = imap_run_words(&fetching->session, mem, arena_printf(mem, "UID FETCH %u (UID %s)", uid, part), take_fetch, wanted, err);
    fetching->session.body = NULL;
    if (!ok) return false;
    if (wanted->is_unreadable) return error_set(err, ERR_REMOTE, "the server's answer can't be read");
    bool has_none = wanted->is_there && wanted->body && wanted->body->size == 0 && wanted->size > 0;
    return !has_none || error_set(err, ERR_REMOTE, "the server gives nothing of the letter but its size");
}

static bool set_aside(struct fetching *fetching, const struct wanted *wanted, uint64_t size, struct text reason, struct error *err) {
    const struct missing_letter missing = {.key = wanted->missing_key, .mailbox = fetching->mailbox->id, .uid = wanted->uid, .size = size,
                                           .reason = reason};
    return intake_set_aside(fetching->email->options.store, &missing, err);
}

/* The server has failed at this letter: true when it has so often that the letter is set aside and others may follow on this
 * connection. */
static bool stumble(struct fetching *fetching, struct arena *mem, const struct wanted *wanted, const struct fetched *got, struct error *err) {
    struct stumble *stumble = fetching->stumble;
    const struct mailbox *mailbox = fetching->mailbox;
    struct error aside_err = {0};
    if (fetching->session.was_woken) return false;
    if (stumble->uid != wanted->uid || stumble->uid_validity != fetching->uid_validity)
        *stumble = (struct stumble){.uid_validity = fetching->uid_validity, .uid = wanted->uid};
    struct text reason = text_printf(mem, "mailbox %.*s, letter %u, could not be fetched %d times: %s", (int)mailbox->name.size, mailbox->name.data,
                                     wanted->uid, FETCH_TRIES, err->message);
    if (++stumble->tries < FETCH_TRIES) return error_context(err, "letter %u", wanted->uid);
    if (!set_aside(fetching, wanted, got->size, text_make_utf8(mem, reason), &aside_err)) {
        log_error(&aside_err, "mailbox %" PRId64 ": setting letter %u aside", mailbox->id.value, wanted->uid);
        return false;
    }
    log_line(LOG_WARNING, "set aside: %.*s", (int)reason.size, reason.data);
    *stumble = (struct stumble){0};
    return !fetching->session.is_broken;
}

/* *ret_is: the letter had been set aside, and stays so until a person wants it. */
static bool look_aside(struct fetching *fetching, const struct wanted *wanted, bool *ret_is, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_mail_in_by_missing_row *row;
    if (!store_read(fetching->email->options.store, &tx, err)
        || !sql_mail_in_by_missing(&tx, &tx.mem, &(struct sql_mail_in_by_missing){.source_key = wanted->missing_key}, &row, err))
        return false;
    *ret_is = row != NULL;
    return true;
}

static bool accept_letter(struct fetching *fetching, struct arena *mem, const struct wanted *wanted, const struct fetched *got, bool is_whole,
                          struct error *err) {
    struct email *email = fetching->email;
    struct arriving arriving = {.mailbox = fetching->mailbox->id, .source_key = wanted->key, .raw = buffer_text(got->body),
                                .received_at = got->received_at};
    if (wanted->again) arriving.missing_key = wanted->missing_key;
    if (!is_whole)
        arriving.parked_because = text_printf(mem, "the letter has %" PRIu64 " bytes, more than %zu; only its headers were fetched", got->size,
                                              email->options.mail_limit);
    if (!intake_accept(email->options.store, email->options.files, &arriving, NULL, err)) return false;
    intake_wake(email->intake);
    return true;
}

/* Accepts one letter. A letter beyond the limit is parked with its headers, and stays on the server. */
static bool fetch_wanted(struct fetching *fetching, struct arena *mem, const struct wanted *wanted, struct error *err) {
    size_t limit = fetching->email->options.mail_limit;
    struct buffer body = {.mem = mem, .limit = limit};
    struct fetched got = {0};
    if (!fetch_part(fetching, mem, wanted->uid, "INTERNALDATE RFC822.SIZE", &got, err)) return stumble(fetching, mem, wanted, &got, err);
    bool huge = got.size > limit;
    got.body = &body;
    if (!fetch_part(fetching, mem, wanted->uid, huge ? "RFC822.SIZE BODY.PEEK[HEADER]" : "RFC822.SIZE BODY.PEEK[]", &got, err))
        return stumble(fetching, mem, wanted, &got, err);
    if (body.size) return accept_letter(fetching, mem, wanted, &got, !huge && !body.failed, err);
    return !wanted->again || set_aside(fetching, wanted, got.size, text_of("the server does not have this letter any more"), err);
}

static bool fetch_letter(struct fetching *fetching, uint32_t uid, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct wanted wanted = wanted_of(fetching, &mem, uid);
    bool is_aside;
    return look_aside(fetching, &wanted, &is_aside, err) && (is_aside || fetch_wanted(fetching, &mem, &wanted, err));
}

static bool mark_seen(struct fetching *fetching, struct arena *mem, const uint32_t *uids, size_t count, struct error *err) {
    if (count == 0 || fetching->session.selected.read_only) return true;
    struct imap_command command = imap_command(mem, imap_tag(&fetching->session, mem), "UID STORE", false);
    imap_add_set(&command, uids, count);
    imap_add_words(&command, "+FLAGS.SILENT (\\Seen)");
    imap_end(&command);
    return imap_run(&fetching->session, &command, NULL, NULL, err);
}

/* Up to PIECE letters, then the cursor and the marks. */
static bool fetch_some(struct fetching *fetching, struct arena *mem, const uint32_t *uids, size_t count, struct error *err) {
    size_t done = 0;
    bool ok = true;
    for (; done < count && ok; done += ok) ok = fetch_letter(fetching, uids[done], err);
    if (done && fetching->uid_last < uids[done - 1]) {
        struct error cursor_err = {0};
        fetching->uid_last = uids[done - 1];
        if (!keep_cursor(fetching, &cursor_err)) {
            if (ok) *err = cursor_err;
            return false;
        }
    }
    return ok && mark_seen(fetching, mem, uids, done, err);
}

static bool fetch_found(struct fetching *fetching, struct arena *mem, const struct found_uids *found, size_t at, struct error *err) {
    for (size_t count; at < found->count; at += count) {
        count = found->count - at < PIECE ? found->count - at : PIECE;
        if (!fetch_some(fetching, mem, found->at + at, count, err)) return false;
    }
    return true;
}

static bool fetch_new(struct fetching *fetching, struct arena *mem, struct error *err) {
    struct found_uids found;
    size_t at = 0;
    fetching->session.has_new = false;
    if (!search(fetching, mem, arena_printf(mem, "UID SEARCH UID %" PRId64 ":*", fetching->uid_last + 1), &found, err)) return false;
    while (at < found.count && found.at[at] <= fetching->uid_last) at++; /* "N:*" names the last one even below N */
    return fetch_found(fetching, mem, &found, at, err);
}

/* Until it is through as a whole it begins anew with every connection. */
static bool fetch_backlog(struct fetching *fetching, struct arena *mem, struct error *err) {
    struct found_uids found = {0};
    if (strcmp(fetching->backlog, "none") == 0) return true;
    if (fetching->backlog_last > 0 && !search(fetching, mem, backlog_words(mem, fetching), &found, err)) return false;
    while (found.count && found.at[found.count - 1] > fetching->backlog_last) found.count--;
    if (!fetch_found(fetching, mem, &found, 0, err)) return false;
    fetching->backlog = "none";
    return keep_cursor(fetching, err);
}

/* --- What had been set aside ------------------------------------------------------------------------------------------ */

static bool find_missing(struct fetching *fetching, struct arena *mem, struct sql_mail_in_wanted_rows *ret_rows, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct sql_mail_in_wanted in = {.mailbox_id = fetching->mailbox->id};
    return store_read(fetching->email->options.store, &tx, err) && sql_mail_in_wanted(&tx, mem, &in, ret_rows, err);
}

/* What somebody wants to be tried again. The numbers of another account, folder or count name other letters by now. */
static bool fetch_again(struct fetching *fetching, struct arena *mem, struct error *err) {
    struct sql_mail_in_wanted_rows rows;
    if (!find_missing(fetching, mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++) {
        uint32_t uid = (uint32_t)rows.at[i].missing_uid;
        struct wanted wanted = wanted_of(fetching, mem, uid);
        bool is_known = text_equal(wanted.missing_key, rows.at[i].source_key);
        wanted.again = true;
        wanted.missing_key = rows.at[i].source_key;
        if (!is_known && !set_aside(fetching, &wanted, 0, text_of("the server numbers its letters anew, so this one can't be found"), err)) return false;
        if (is_known && (!fetch_wanted(fetching, mem, &wanted, err) || !mark_seen(fetching, mem, &uid, 1, err))) return false;
    }
    return true;
}

/* --- Coming and staying --------------------------------------------------------------------------------------------------- */

/* A mailbox that is new to us gives its unread letters of the last month, not its whole past; one whose letters have new numbers
 * what it received since we last looked, with two days for clocks that differ. */
static void choose_backlog(struct fetching *fetching) {
    const struct mailbox *mailbox = fetching->mailbox;
    int64_t month_ago = clock_now() - 30 * DAY;
    bool is_new = strcmp(fetching->backlog, "unread") == 0;
    if (strcmp(fetching->backlog, "none") == 0) fetching->backlog_since_at = 0;
    if (!fetching->backlog_since_at) fetching->backlog_since_at = !is_new && mailbox->in_ok_at ? mailbox->in_ok_at - 2 * DAY : month_ago;
    if (!is_new) fetching->backlog = "since";
}

/* Letters are known by the numbers of the server's present count of them. */
static bool follow_numbering(struct fetching *fetching, struct arena *mem, struct error *err) {
    int64_t validity = fetching->session.selected.uid_validity ? (int64_t)fetching->session.selected.uid_validity : 1, last;
    if (validity == fetching->uid_validity) return true;
    if (!find_last(fetching, mem, &last, err)) return false;
    if (fetching->uid_validity) log_line(LOG_WARNING, "mailbox %" PRId64 ": the server has renumbered its letters", fetching->mailbox->id.value);
    choose_backlog(fetching);
    fetching->uid_validity = validity;
    fetching->uid_last = fetching->backlog_last = last;
    return keep_cursor(fetching, err);
}

static void take_cursor(struct fetching *fetching, const struct mailbox *mailbox) {
    fetching->uid_validity = mailbox->uid_validity;
    fetching->uid_last = mailbox->uid_last;
    fetching->backlog = text_is(mailbox->backlog, "none") ? "none" : text_is(mailbox->backlog, "unread") ? "unread" : "since";
    fetching->backlog_last = mailbox->backlog_last;
    fetching->backlog_since_at = mailbox->backlog_since_at;
}

bool fetching_stay(struct fetching *fetching, int wake, struct error *err) {
    SCOPED(arena_free) struct arena first = {0};
    take_cursor(fetching, fetching->mailbox);
    if (!imap_session_open(&fetching->session, fetching->email, &first, fetching->mailbox, wake, err)
        || !imap_select(&fetching->session, &first, fetching->mailbox->folder, err) || !follow_numbering(fetching, &first, err))
        return false;
    for (;;) {
        SCOPED(arena_free) struct arena mem = {0};
        if (!fetch_new(fetching, &mem, err) || !fetch_backlog(fetching, &mem, err) || !fetch_again(fetching, &mem, err)) return false;
        note_well(fetching);
        if (!imap_wait(&fetching->session, &mem, IDLE_TIME, err)) return false;
    }
}
