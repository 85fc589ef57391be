/* Address lists as people and programs write them. GMime knows the grammar; what it can't read is searched for addresses. */
#include "wire/mail/mime_private.h"

#include <gmime/gmime.h>

enum { ADDRESS_LIMIT = 500, ADDRESS_SIZE = 320, NAME_SIZE = 300, LIST_SIZE = 100000, BRACKET_SIZE = 400, GROUP_SIZE = 4000, PIECE_SIZE = 2000 };

struct found {
    struct arena *mem;
    struct mail_address *at;
    size_t count;
};

static bool is_address_char(char c) {
    return (unsigned char)c > ' ' && c != 0x7f && !strchr("<>()[],;:\"\\", c);
}

static struct text clean_address(struct arena *mem, struct text t) {
    t = text_trim(t);
    while (t.size && strchr("<'\"", t.data[0])) t = text_skip(t, 1);
    while (t.size && strchr(">'\".", t.data[t.size - 1])) t.size--;
    if (text_starts_nocase(t, "mailto:")) t = text_skip(t, 7);
    size_t at = text_find_char(t, '@');
    if (at == SIZE_MAX || at == 0 || at + 1 >= t.size || t.size > ADDRESS_SIZE) return text_of("");
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] <= ' ' || t.data[i] == 0x7f || t.data[i] == '<' || t.data[i] == '>') return text_of("");
    return text_copy(mem, t);
}

/* Outlook writes 'ana@example.org' as the name of ana@example.org: no name at all. */
static struct text clean_name(struct arena *mem, struct text name, struct text address) {
    name = space_fold(mem, words_decode(mem, name));
    while (name.size >= 2 && (name.data[0] == '\'' || name.data[0] == '"') && name.data[name.size - 1] == name.data[0])
        name = text_trim(text_slice(name, 1, name.size - 2));
    if (text_equal_nocase(name, address)) return text_of("");
    return text_cut(name, NAME_SIZE);
}

static void found_add(struct found *found, struct text name, struct text address) {
    if (found->count >= ADDRESS_LIMIT || (text_empty(name) && text_empty(address))) return;
    found->at[found->count++] = (struct mail_address){name, address};
}

static void walk(struct found *found, InternetAddressList *list, int depth) {
    int length = internet_address_list_length(list);
    for (int i = 0; i < length; i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address)) {
            InternetAddressList *members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
            if (depth < 4 && members) walk(found, members, depth + 1);
            continue;
        }
        const char *name = internet_address_get_name(address);
        const char *at = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
        struct text clean = clean_address(found->mem, charset_guess(found->mem, text_of(at ? at : "")));
        found_add(found, clean_name(found->mem, charset_guess(found->mem, text_of(name ? name : "")), clean), clean);
    }
}

/* Where the address stands in what the grammar can't read: in the last brackets that hold one, else where the first "@" is. */
static size_t at_sign(struct text piece) {
    for (size_t i = piece.size; i > 0; i--) {
        if (piece.data[i - 1] != '<') continue;
        size_t at = text_find_char(text_skip(piece, i), '@');
        if (at != SIZE_MAX) return i + at;
    }
    return text_find_char(piece, '@');
}

/* "Ana Meyer ana@example.org", "Ana [ACME] <ana@example.org>": what stands before the address is the name. */
static void search(struct found *found, struct text piece) {
    size_t at = at_sign(piece), from = at, to = at;
    if (at == SIZE_MAX) return;
    while (from > 0 && is_address_char(piece.data[from - 1])) from--;
    while (to < piece.size && is_address_char(piece.data[to])) to++;
    struct text address = clean_address(found->mem, text_slice(piece, from, to - from));
    if (text_empty(address)) return;
    struct text name = text_trim(text_slice(piece, 0, from));
    if (text_ends(name, "mailto:")) name.size -= strlen("mailto:");
    while (name.size && strchr("<(\" ", name.data[name.size - 1])) name.size--;
    while (name.size && strchr("\" ", name.data[0])) name = text_skip(name, 1);
    found_add(found, clean_name(found->mem, name, address), address);
}

static void quoted_add(struct buffer *out, struct text t) {
    for (size_t i = 0; i < t.size; i++) {
        if (t.data[i] == '"' || t.data[i] == '\\') buffer_add_char(out, '\\');
        buffer_add_char(out, t.data[i]);
    }
}

/* Encoded words as quoted strings, which the grammar can't take apart: what they say may hold any sign. */
static struct text names_quote(struct arena *mem, struct text list) {
    struct buffer out = {.mem = mem};
    bool quoted = false;
    for (size_t i = 0, used; i < list.size; i += used) {
        struct buffer name = {.mem = mem};
        used = list.data[i] == '=' ? words_decode_run(mem, text_skip(list, i), &name) : 0;
        if (used) {
            if (!quoted) buffer_add_char(&out, '"');
            quoted_add(&out, text_make_utf8(mem, buffer_text(&name)));
            if (!quoted) buffer_add_char(&out, '"');
            continue;
        }
        bool escape = quoted && list.data[i] == '\\' && i + 1 < list.size;
        if (list.data[i] == '"') quoted = !quoted;
        used = escape ? 2 : 1;
        buffer_add_text(&out, text_slice(list, i, used));
    }
    return buffer_text(&out);
}

/* --- The list taken apart -------------------------------------------------------------------------------------------- */

/* Walks along a list: quoted strings, comments and brackets hold their signs together. */
struct walker {
    bool in_brackets, in_quotes, reads_quotes;
    int depth; /* of comments */
    bool reads_comments;
};

/* The size of the next sign or pair. *ret_free: nothing holds it, so it may divide. */
static size_t walker_step(struct walker *walker, struct text rest, bool *ret_free) {
    char c = rest.data[0];
    *ret_free = false;
    if (c == '\\' && walker->in_quotes && rest.size > 1) return 2;
    if (c == '"' && walker->reads_quotes) walker->in_quotes = !walker->in_quotes;
    else if (walker->in_quotes) return 1;
    else if (c == '(' && walker->reads_comments) walker->depth++;
    else if (c == ')' && walker->depth > 0) walker->depth--;
    else if (c == '<' && walker->depth == 0) walker->in_brackets = text_find_char(text_cut(rest, BRACKET_SIZE), '>') != SIZE_MAX;
    else if (c == '>') walker->in_brackets = false;
    else *ret_free = !walker->in_brackets && walker->depth == 0;
    return 1;
}

/* Comments and quotes that never end would swallow all that follows: then only the signs themselves count. */
static struct walker walker_for(struct text list) {
    struct walker walker = {.reads_quotes = true, .reads_comments = true};
    bool is_free;
    for (size_t i = 0; i < list.size;) i += walker_step(&walker, text_skip(list, i), &is_free);
    return (struct walker){.reads_quotes = !walker.in_quotes, .reads_comments = walker.depth == 0};
}

/* The first of these signs that divides; list.size when none does. */
static size_t free_sign(struct walker walker, struct text list, const char *signs) {
    bool is_free;
    for (size_t i = 0, used; i < list.size; i += used) {
        used = walker_step(&walker, text_skip(list, i), &is_free);
        if (is_free && list.data[i] && strchr(signs, list.data[i])) return i;
    }
    return list.size;
}

static bool has_address(struct text piece) {
    return text_find_char(piece, '@') != SIZE_MAX;
}

/* What the grammar can't read is searched; so is what it would take for a group: "Ticket 17: Ana <ana@example.org>". */
static void piece_read(struct found *found, struct text piece) {
    size_t before = found->count;
    bool is_plain = piece.size <= PIECE_SIZE && free_sign(walker_for(piece), piece, ":") == piece.size;
    InternetAddressList *parsed = is_plain ? internet_address_list_parse(NULL, text_string(found->mem, piece)) : NULL;
    if (parsed) {
        walk(found, parsed, 0);
        g_object_unref(parsed);
    }
    bool any = false;
    for (size_t i = before; i < found->count; i++) any = any || found->at[i].address.size;
    if (any || !has_address(piece)) return;
    found->count = before;
    search(found, piece);
}

/* "Postmaster <>", "\"\" (Mail Delivery System)": some servers give only a name. */
static void name_alone(struct found *found, struct text piece) {
    piece = text_trim(piece);
    if (text_ends(piece, ":") || text_find_nocase(piece, text_of("undisclosed")) != SIZE_MAX) return;
    while (piece.size && strchr("\"<> ", piece.data[0])) piece = text_skip(piece, 1);
    while (piece.size && strchr("\"<> ", piece.data[piece.size - 1])) piece.size--;
    if (text_starts(piece, "(") && text_ends(piece, ")")) piece = text_slice(piece, 1, piece.size - 2);
    found_add(found, clean_name(found->mem, piece, text_of("")), text_of(""));
}

/* "Meyer, Ana <ana@example.org>" without quotes: the comma belongs to the name. */
static bool is_name_before(struct text piece, struct text next) {
    size_t open = text_find_char(next, '<');
    return piece.size && !has_address(piece) && open != SIZE_MAX && has_address(text_skip(next, open))
           && !has_address(text_slice(next, 0, open)) && !text_empty(text_trim(text_slice(next, 0, open)));
}

/* The name of a group in front of its members: "Team: ana@example.org, max@example.org;". */
static struct text without_group(struct walker walker, struct text list) {
    struct text head = text_slice(list, 0, GROUP_SIZE);
    size_t colon = free_sign(walker, head, ":,;");
    if (colon >= head.size || head.data[colon] != ':' || has_address(text_slice(list, 0, colon))) return list;
    return free_sign(walker, head, ";") < head.size ? text_skip(list, colon + 1) : list;
}

static void list_read(struct found *found, struct text list) {
    struct text held = text_of("");
    struct walker walker = walker_for(list);
    while (list.size && found->count < ADDRESS_LIMIT) {
        list = text_trim(without_group(walker, list));
        size_t end = free_sign(walker, list, ",;");
        struct text piece = text_trim(text_slice(list, 0, end));
        if (held.size && is_name_before(held, piece))
            piece = text_from(held.data, (size_t)(piece.data + piece.size - held.data));
        else if (held.size) name_alone(found, held);
        held = text_of("");
        list = text_skip(list, end + 1);
        if (has_address(piece)) piece_read(found, piece);
        else held = piece;
    }
    if (held.size) name_alone(found, held);
}

struct mail_addresses mail_parse_addresses(struct arena *mem, struct text raw) {
    struct found found = {.mem = mem, .at = arena_array(mem, ADDRESS_LIMIT, sizeof *found.at)};
    struct text list = space_fold(mem, charset_guess(mem, text_slice(raw, 0, LIST_SIZE)));
    list_read(&found, text_find(list, text_of("=?")) == SIZE_MAX ? list : names_quote(mem, list));
    return (struct mail_addresses){found.count, found.at};
}

/* --- Message-IDs ------------------------------------------------------------------------------------------------- */

enum { ID_LIMIT = 200, ID_SIZE = 500 };

static void id_add(struct mail_texts *ids, struct text *at, struct text id) {
    if (ids->count >= ID_LIMIT || id.size < 3 || id.size > ID_SIZE) return;
    for (size_t i = 0; i < ids->count; i++)
        if (text_equal(at[i], id)) return;
    at[ids->count++] = id;
}

static struct text without_blanks(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] > ' ') buffer_add_char(&out, t.data[i]);
    return buffer_text(&out);
}

struct mail_texts message_ids_read(struct arena *mem, struct text value) {
    struct text *at = arena_array(mem, ID_LIMIT, sizeof *at), word;
    struct mail_texts ids = {0, at};
    size_t begin = SIZE_MAX;
    value = charset_guess(mem, value);
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == '<') begin = i;
        if (value.data[i] != '>' || begin == SIZE_MAX) continue;
        id_add(&ids, at, without_blanks(mem, text_slice(value, begin, i + 1 - begin)));
        begin = SIZE_MAX;
    }
    if (ids.count) return ids;
    struct text rest = space_fold(mem, value);
    while (text_next(&rest, ' ', &word))
        if (text_find_char(word, '@') != SIZE_MAX)
            id_add(&ids, at, text_printf(mem, "<%.*s>", (int)(word.size > ID_SIZE ? ID_SIZE : word.size), word.data));
    return ids;
}
