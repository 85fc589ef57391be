/* The first step: bytes on disk, one row, and only then a yes. */
#include "channels/intake/intake_private.h"

#include <sodium.h>

struct accepting {
    const struct arriving *arriving;
    struct packed_mail packed;
    struct text raw_hash, source_key, content_key, recipients, parked_because;
    bool is_new;
};

static bool insert_row(struct tx *tx, struct accepting *accepting, struct text source_key, struct error *err) {
    const struct arriving *arriving = accepting->arriving;
    int64_t changed = 0;
    bool parked = accepting->parked_because.data != NULL;
    team_id team = {0};
    if (parked && !desk_of(tx, arriving->mailbox, arriving->recipients, arriving->recipient_count, &team, err)) return false;
    const struct sql_mail_in_insert in = {
        .source_key = source_key, .content_key = accepting->content_key, .raw_hash = accepting->raw_hash,
        .size = (int64_t)arriving->raw.size, .sender = arriving->sender, .recipients = accepting->recipients,
        .mailbox_id = arriving->mailbox, .team_id = team, .state = text_of(parked ? "parked" : "waiting"),
        .reason = accepting->parked_because, .next_at = parked ? 0 : tx->now, .is_partial = arriving->parked_because.data != NULL,
        .received_at = arriving->received_at > 0 && arriving->received_at < tx->now ? arriving->received_at : tx->now,
    };
    if (!sql_mail_in_insert(tx, &in, &changed, err)) return false;
    accepting->is_new = changed > 0;
    return true;
}

/* Where a letter came from is not who it is: a server that counts anew may give its number to another one. */
static bool insert(struct tx *tx, void *argument, struct error *err) {
    struct accepting *accepting = argument;
    const struct sql_mail_in_by_source_row *known = NULL;
    if (!insert_row(tx, accepting, accepting->source_key, err)) return false;
    if (!accepting->is_new && !sql_mail_in_by_source(tx, &tx->mem, &(struct sql_mail_in_by_source){.source_key = accepting->source_key}, &known, err))
        return false;
    bool is_dropped = known && known->raw_hash.size == 0;
    if (known && !is_dropped && !text_equal(known->raw_hash, accepting->raw_hash)) {
        struct text other = text_printf(&tx->mem, "%.*s#%.*s", (int)accepting->source_key.size, accepting->source_key.data,
                                        (int)accepting->raw_hash.size, accepting->raw_hash.data);
        if (!insert_row(tx, accepting, other, err)) return false;
    }
    const struct sql_mail_in_miss_no_more found = {.source_key = accepting->arriving->missing_key};
    if (found.source_key.data && !sql_mail_in_miss_no_more(tx, &found, NULL, err)) return false;
    return !accepting->is_new || mail_keep(tx, &accepting->packed, err);
}

static struct text recipients_json(struct arena *mem, const struct arriving *arriving) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < arriving->recipient_count; i++) json_text(&json, text_make_utf8(mem, arriving->recipients[i]));
    json_array_end(&json);
    return buffer_text(&out);
}

/* What stays the same when one letter comes by two ways: its own headers and its body, not the marks of its way. */
static struct text content_key(struct arena *mem, struct text raw, struct text raw_hash) {
    static const char *const names[] = {"message-id:", "from:",         "date:",       "subject:", "to:",
                                        "cc:",         "in-reply-to:",  "references:", "reply-to:", "content-type:",
                                        "content-transfer-encoding:"};
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    struct text line, rest = raw;
    bool has_id = false, counts = false;
    crypto_hash_sha256_init(&state);
    while (text_next_line(&rest, &line) && !text_empty(line)) {
        bool continues = line.data[0] == ' ' || line.data[0] == '\t';
        if (!continues) counts = false;
        for (size_t i = 0; !continues && i < COUNT_OF(names); i++)
            if (text_starts_nocase(line, names[i])) counts = true;
        if (!continues && text_starts_nocase(line, names[0])) has_id = text_find_char(line, '@') != SIZE_MAX;
        if (counts) crypto_hash_sha256_update(&state, (const unsigned char *)line.data, line.size);
    }
    if (!has_id) return raw_hash;
    crypto_hash_sha256_update(&state, (const unsigned char *)rest.data, rest.size);
    crypto_hash_sha256_final(&state, hash);
    return text_copy(mem, text_of(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash)));
}

enum { TIMES_THE_LIMIT = 2, MOST_BYTES = 512 << 20 }; /* platform/files unpacks no more */

size_t intake_size_limit(size_t limit) {
    return limit < MOST_BYTES / TIMES_THE_LIMIT ? limit * TIMES_THE_LIMIT : MOST_BYTES;
}

/* Whoever wrote a letter that is too large has no use for an error from a program; a person looks at it. */
static struct text park_large(struct arena *mem, const struct arriving *arriving) {
    if (arriving->parked_because.data || !arriving->limit || arriving->raw.size <= arriving->limit) return arriving->parked_because;
    return text_printf(mem, "the letter has %zu bytes, more than %zu", arriving->raw.size, arriving->limit);
}

bool intake_accept(struct store *store, struct files *files, const struct arriving *arriving, bool *ret_is_new, struct error *err) {
    SCOPED(arena_free) struct arena mem = {0};
    struct accepting accepting = {.arriving = arriving};
    if (!mail_pack(files, &mem, arriving->raw, &accepting.packed, err)) return error_context(err, "keeping a letter");
    accepting.raw_hash = text_of(accepting.packed.hash);
    accepting.source_key = arriving->source_key.data ? arriving->source_key : text_printf(&mem, "raw:%s", accepting.packed.hash);
    accepting.content_key = content_key(&mem, arriving->raw, accepting.raw_hash);
    accepting.recipients = recipients_json(&mem, arriving);
    accepting.parked_because = park_large(&mem, arriving);
    if (!store_write(store, insert, &accepting, err)) return error_context(err, "accepting a letter");
    if (ret_is_new) *ret_is_new = accepting.is_new;
    return true;
}

static bool set_aside(struct tx *tx, void *argument, struct error *err) {
    const struct missing_letter *missing = argument;
    struct sql_mail_in_set_aside in = {.source_key = missing->key, .mailbox_id = missing->mailbox, .missing_uid = missing->uid,
                                             .size = (int64_t)missing->size, .reason = text_cut(missing->reason, 400), .received_at = tx->now};
    int64_t changed = 0;
    if (!desk_of(tx, missing->mailbox, NULL, 0, &in.team_id, err)) return false;
    if (!sql_mail_in_set_aside(tx, &in, &changed, err)) return false;
    if (changed)
        event_record(tx, &(struct event){.kind = "mail.parked", .actor = ACTOR_SYSTEM, .scope = "staff",
                                         .data = text_printf(&tx->mem, "{\"mailbox\":%" PRId64 ",\"uid\":%u,\"reason\":\"missing\"}",
                                                             missing->mailbox.value, missing->uid)});
    return true;
}

bool intake_set_aside(struct store *store, const struct missing_letter *missing, struct error *err) {
    return store_write(store, set_aside, (void *)missing, err);
}

bool intake_look(struct tx *tx, struct intake_state *ret_state, struct error *err) {
    const struct sql_mail_in_waiting_count_row *waiting;
    const struct sql_mail_in_parked_count_row *parked;
    if (!sql_mail_in_waiting_count(tx, &tx->mem, &waiting, err)
        || !sql_mail_in_parked_count(tx, &tx->mem, &(struct sql_mail_in_parked_count){0}, &parked, err))
        return false;
    *ret_state = (struct intake_state){waiting->count, parked->count, waiting->oldest_at};
    return true;
}
