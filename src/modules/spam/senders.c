/* The lists of senders: what an entry may be, and which one speaks of an address. */
#include "base/domain.h"
#include "modules/people/people.h"
#include "modules/spam/spam_private.h"

enum { ABOVE = 6 };

struct text sender_normal(struct arena *mem, struct text written) {
    struct text plain = text_fold(mem, text_trim(written));
    if (text_starts(plain, "@")) plain = text_skip(plain, 1);
    return text_find_char(plain, '@') == SIZE_MAX ? domain_ascii(mem, plain) : address_ascii(mem, plain);
}

/* --- Looking ---------------------------------------------------------------------------------------------------------- */

/* A local part in quotes may hold an @ as well. */
struct text sender_domain(struct text pattern) {
    const char *at = pattern.size ? memrchr(pattern.data, '@', pattern.size) : NULL;
    return at ? text_skip(pattern, (size_t)(at - pattern.data) + 1) : pattern;
}

/* The domains above, down to those of two labels; of very many the shortest, since whoever owns them can make as many below as they like. */
static void domains_above(struct text domain, struct text *above) {
    size_t count = 0;
    struct text all[SENDER_LIMIT];
    for (size_t dot = text_find_char(domain, '.'); dot != SIZE_MAX && count < SENDER_LIMIT; dot = text_find_char(domain, '.')) {
        domain = text_skip(domain, dot + 1);
        if (text_find_char(domain, '.') != SIZE_MAX) all[count++] = domain;
    }
    size_t kept = count < ABOVE ? count : ABOVE;
    for (size_t i = 0; i < kept; i++) above[i] = all[count - kept + i];
}

bool spam_sender_look(struct tx *tx, struct arena *mem, struct text address, struct spam_listed *ret, struct error *err) {
    const struct sql_spam_sender_match_row *row;
    struct text above[ABOVE] = {{0}}, normal;
    *ret = (struct spam_listed){0};
    if (text_empty(address)) return true;
    normal = sender_normal(mem, address.size > SENDER_LIMIT ? sender_domain(address) : address);
    if (text_empty(normal) || normal.size > SENDER_LIMIT) return true;
    domains_above(sender_domain(normal), above);
    const struct sql_spam_sender_match in = {.address = normal, .domain = sender_domain(normal), .above1 = above[0], .above2 = above[1], .above3 = above[2],
                                             .above4 = above[3], .above5 = above[4], .above6 = above[5], .now_at = tx->now};
    if (!sql_spam_sender_match(tx, mem, &in, &row, err)) return error_context(err, "looking for a sender in the lists");
    if (row) *ret = (struct spam_listed){!row->is_allowed, row->is_allowed, row->pattern};
    return true;
}

/* --- Changing --------------------------------------------------------------------------------------------------------- */

static bool is_domain(struct text t) {
    size_t dot = text_find_char(t, '.');
    return dot != 0 && dot != SIZE_MAX && !text_ends(t, ".") && text_find(t, text_of("..")) == SIZE_MAX;
}

static bool is_written_well(struct text pattern) {
    size_t at = text_find_char(pattern, '@');
    if (text_empty(pattern) || pattern.size > SENDER_LIMIT || at == 0) return false;
    for (size_t i = 0; i < pattern.size; i++)
        if ((unsigned char)pattern.data[i] <= ' ' || pattern.data[i] == 0x7f || pattern.data[i] == '*' || pattern.data[i] == ',') return false;
    return is_domain(sender_domain(pattern));
}

static bool covers(const struct sender_wish *wish, struct text pattern, struct text address) {
    if (text_find_char(pattern, '@') != SIZE_MAX) return text_equal(pattern, address);
    struct text domain = sender_domain(address);
    if (text_equal(pattern, domain)) return true;
    return wish->has_subdomains && domain.size > pattern.size && domain.data[domain.size - pattern.size - 1] == '.'
           && text_equal(text_skip(domain, domain.size - pattern.size), pattern);
}

/* Who blocks our own addresses, or those of colleagues, has mistyped. */
static bool check_not_ours(struct tx *tx, const struct sender_wish *wish, struct text pattern, struct error *err) {
    struct sql_spam_own_addresses_rows rows;
    if (wish->is_allowed) return true;
    if (!sql_spam_own_addresses(tx, &tx->mem, &rows, err)) return false;
    for (size_t i = 0; i < rows.count; i++)
        if (covers(wish, pattern, sender_normal(&tx->mem, rows.at[i].address))) return error_field(err, "pattern", "sender_ours", "that is an address of ours");
    return true;
}

static bool make_room(struct tx *tx, struct text pattern, struct error *err) {
    const struct sql_spam_sender_by_pattern_row *row;
    const struct sql_spam_sender_count_row *all;
    if (!sql_spam_sender_by_pattern(tx, &tx->mem, &(struct sql_spam_sender_by_pattern){.pattern = pattern}, &row, err)
        || !sql_spam_sender_count(tx, &tx->mem, &all, err))
        return false;
    if (row && (!row->expires_at || row->expires_at > tx->now))
        return error_field(err, "pattern", row->is_allowed ? "sender_allowed" : "sender_blocked", "it is on a list already");
    if (row) return sql_spam_sender_delete(tx, &(struct sql_spam_sender_delete){.sender_id = row->sender_id}, NULL, err);
    return all->count < SENDER_MOST || error_set_key(err, ERR_CONFLICT, "too_many_senders", "there are %d senders on the lists already", SENDER_MOST);
}

static void tell(struct tx *tx, const struct doer *doer, const char *kind, int64_t id, struct text pattern, bool is_allowed) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "sender", id);
    json_put_text(&json, "pattern", pattern);
    json_put_bool(&json, "is_allowed", is_allowed);
    json_object_end(&json);
    event_record(tx, &(struct event){.kind = kind, .actor = doer->kind, .actor_id = doer->id, .cause = doer->cause, .scope = "admin",
                                     .data = buffer_text(&out)});
}

bool sender_add(struct tx *tx, const struct doer *doer, const struct sender_wish *wish, int64_t *ret_id, struct error *err) {
    const struct sql_spam_sender_insert_row *made;
    struct text pattern = sender_normal(&tx->mem, wish->pattern);
    bool of_domain = text_find_char(pattern, '@') == SIZE_MAX;
    if (!is_written_well(pattern)) return error_field(err, "pattern", "sender_invalid", "is neither an address nor a domain");
    if (wish->has_subdomains && !of_domain) return error_field(err, "has_subdomains", "sender_no_domain", "an address has no domains below it");
    if (wish->expires_at && wish->expires_at <= tx->now) return error_field(err, "expires_at", "past", "lies in the past");
    if (!check_not_ours(tx, wish, pattern, err) || !make_room(tx, pattern, err)) return false;
    const struct sql_spam_sender_insert in = {
        .pattern = pattern, .has_subdomains = wish->has_subdomains, .is_allowed = wish->is_allowed,
        .reason = text_empty(wish->reason) ? text_of("") : text_trim(wish->reason), .created_by = wish->author, .created_at = tx->now,
        .expires_at = wish->expires_at,
    };
    if (!sql_spam_sender_insert(tx, &tx->mem, &in, &made, err)) return false;
    tell(tx, doer, "spam.sender_added", made->sender_id, pattern, wish->is_allowed);
    *ret_id = made->sender_id;
    return true;
}

bool sender_remove(struct tx *tx, const struct doer *doer, const struct sql_spam_sender_row_row *row, struct error *err) {
    tell(tx, doer, "spam.sender_removed", row->sender_id, text_copy(&tx->mem, row->pattern), row->is_allowed);
    return sql_spam_sender_delete(tx, &(struct sql_spam_sender_delete){.sender_id = row->sender_id}, NULL, err);
}
