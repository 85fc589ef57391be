/* Traits of letters. Words are runs of letters and digits in small letters, in whatever writing; what is invisible does not part them. */
#include "wire/mail/traits.h"

enum { BODY_LIMIT = 16 << 10, HTML_LIMIT = 256 << 10, SUBJECT_LIMIT = 1000, SHORTEST = 3, LONGEST = 24, LINKS_MOST = 30, HEAD_MOST = 100, WORD_BYTES = 120,
       SLOTS = 1024, SHOUTED = 8 };

struct gathering {
    struct arena *mem;
    struct traits *out;
    size_t most;             /* so many traits in all; the header gets a part of them, what is written the rest */
    int64_t slots[SLOTS];    /* keys that are there; 0: free */
};

/* --- Gathering ---------------------------------------------------------------------------------------------------------- */

/* FNV-1a over the kind, a colon and the word. */
static int64_t key_of(const char *kind, struct text word) {
    uint64_t hash = 14695981039346656037ULL;
    for (const char *at = kind; *at; at++) hash = (hash ^ (unsigned char)*at) * 1099511628211ULL;
    hash = (hash ^ ':') * 1099511628211ULL;
    for (size_t i = 0; i < word.size; i++) hash = (hash ^ (unsigned char)word.data[i]) * 1099511628211ULL;
    return (int64_t)(hash ? hash : 1);
}

static bool is_new(struct gathering *gathering, int64_t key) {
    size_t slot = (uint64_t)key % SLOTS;
    while (gathering->slots[slot] && gathering->slots[slot] != key) slot = (slot + 1) % SLOTS;
    if (gathering->slots[slot] == key) return false;
    gathering->slots[slot] = key;
    return true;
}

static void add(struct gathering *gathering, const char *kind, struct text word) {
    struct traits *out = gathering->out;
    int64_t key = key_of(kind, word);
    if (text_empty(word) || word.size > WORD_BYTES || out->count >= gathering->most || !is_new(gathering, key)) return;
    out->at[out->count++] = (struct trait){kind, text_copy(gathering->mem, word), key};
}

/* --- Words -------------------------------------------------------------------------------------------------------------- */

/* Soft hyphens, joiners and the like are put between letters to hide a word. */
static bool is_invisible(uint32_t rune) {
    return rune == 0xad || (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2060 && rune <= 0x2064) || rune == 0xfeff || (rune >= 0xfe00 && rune <= 0xfe0f);
}

static bool is_digit(uint32_t rune) {
    return rune >= '0' && rune <= '9';
}

static bool is_letter(uint32_t rune) {
    if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
    bool is_sign = rune < 0xc0 || rune == 0xd7 || rune == 0xf7 || (rune >= 0x2000 && rune <= 0x2bff) || (rune >= 0x3000 && rune <= 0x303f)
                   || (rune >= 0xe000 && rune <= 0xf8ff) || (rune >= 0xfff0 && rune <= 0xffff) || rune >= 0x1f000;
    return !is_sign;
}

struct word {
    struct buffer text;
    size_t runes, letters;
};

/* Numbers alone are others in each letter. */
static void end_word(struct gathering *gathering, const char *kind, struct word *word) {
    if (word->runes >= SHORTEST && word->runes <= LONGEST && word->letters) add(gathering, kind, buffer_text(&word->text));
    word->text.size = 0;
    word->runes = word->letters = 0;
}

static bool ends_link(char c) {
    return (unsigned char)c <= ' ' || c == '<' || c == '>' || c == '"' || c == ')';
}

/* Behind a link that begins with this colon; the colon itself when it begins none. Where a link leads is a trait of its own. */
static size_t behind_link(struct text text, size_t colon) {
    size_t at = colon + 1;
    if (text.size - colon < 3 || text.data[colon + 1] != '/' || text.data[colon + 2] != '/') return colon;
    while (at < text.size && !ends_link(text.data[at])) at++;
    return at;
}

static void add_words(struct gathering *gathering, const char *kind, struct text text, size_t limit) {
    struct word word = {.text = {.mem = gathering->mem}};
    struct text folded = text_fold(gathering->mem, text_cut(text, limit));
    for (size_t at = 0; at < folded.size && gathering->out->count < gathering->most;) {
        size_t link = folded.data[at] == ':' ? behind_link(folded, at) : at;
        if (link > at) {
            word = (struct word){.text = {.mem = gathering->mem}};
            at = link;
            continue;
        }
        uint32_t rune = text_rune(folded, &at);
        if (is_invisible(rune)) continue;
        if (!is_letter(rune) && !is_digit(rune)) {
            end_word(gathering, kind, &word);
            continue;
        }
        if (word.runes <= LONGEST) buffer_add_rune(&word.text, rune);
        word.runes++;
        word.letters += is_letter(rune);
    }
    end_word(gathering, kind, &word);
}

/* --- Addresses and links ------------------------------------------------------------------------------------------------ */

static struct text domain_of(struct text address) {
    const char *at = address.size ? memrchr(address.data, '@', address.size) : NULL;
    return at ? text_skip(address, (size_t)(at - address.data) + 1) : text_of("");
}

static bool is_of_host(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

/* The host itself, and the domain that it lies in. */
static void add_host(struct gathering *gathering, struct text host) {
    size_t dots = 0, from;
    if (text_starts(host, "www.")) host = text_skip(host, 4);
    while (host.size && host.data[host.size - 1] == '.') host.size--;
    if (text_find_char(host, '.') == SIZE_MAX) return;
    from = host.size;
    while (from > 0 && dots < 2) dots += host.data[--from] == '.';
    add(gathering, "link", host);
    if (dots == 2) add(gathering, "link", text_skip(host, from + 1));
}

static void add_links(struct gathering *gathering, struct text text, size_t limit) {
    struct text rest = text_lower(gathering->mem, text_cut(text, limit));
    int links = 0;
    if (text_empty(rest)) return;
    for (size_t at = text_find(rest, text_of("://")); at != SIZE_MAX && links < LINKS_MOST; at = text_find(rest, text_of("://")), links++) {
        size_t end = 0;
        rest = text_skip(rest, at + 3);
        while (end < rest.size && is_of_host(rest.data[end])) end++;
        /* What stands before an @ only looks like the host. */
        if (end < rest.size && rest.data[end] == '@') {
            rest = text_skip(rest, end + 1);
            for (end = 0; end < rest.size && is_of_host(rest.data[end]);) end++;
        }
        add_host(gathering, text_slice(rest, 0, end));
        rest = text_skip(rest, end);
    }
}

static void add_sender(struct gathering *gathering, const struct traits_source *source) {
    struct text address = text_fold(gathering->mem, text_cut(source->from_address, WORD_BYTES));
    add(gathering, "from", address);
    add(gathering, "domain", domain_of(address));
    add_words(gathering, "name", source->from_name, SUBJECT_LIMIT);
}

/* --- How it is made ----------------------------------------------------------------------------------------------------- */

static void add_sign(struct gathering *gathering, const char *sign, bool has) {
    if (has) add(gathering, "sign", text_of(sign));
}

static bool is_shouted(struct text text) {
    size_t upper = 0, lower = 0;
    for (size_t i = 0; i < text.size; i++) {
        upper += text.data[i] >= 'A' && text.data[i] <= 'Z';
        lower += text.data[i] >= 'a' && text.data[i] <= 'z';
    }
    return upper >= SHOUTED && upper > 2 * lower;
}

static void add_files(struct gathering *gathering, const struct letter *letter) {
    for (size_t i = 0; i < letter->part_count; i++) {
        struct text name = letter->parts[i].name;
        const char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
        add(gathering, "file", dot ? text_fold(gathering->mem, text_skip(name, (size_t)(dot - name.data) + 1)) : letter->parts[i].media_type);
    }
}

static void add_mailer(struct gathering *gathering, const struct letter *letter) {
    struct text mailer = letter_header(letter, "X-Mailer");
    if (text_empty(mailer)) mailer = letter_header(letter, "User-Agent");
    struct text first = text_trim(mailer), name = text_slice(first, 0, text_find_char(first, ' ') == SIZE_MAX ? first.size : text_find_char(first, ' '));
    add(gathering, "mailer", text_fold(gathering->mem, name));
}

static void add_making(struct gathering *gathering, const struct letter *letter) {
    struct text from = letter->from.count ? domain_of(letter->from.at[0].address) : text_of("");
    struct text reply = letter->reply_to.count ? domain_of(letter->reply_to.at[0].address) : text_of("");
    add_sign(gathering, "no_message_id", text_empty(letter->message_id));
    add_sign(gathering, "no_date", !letter->date_at);
    add_sign(gathering, "no_recipient", !letter->to.count && !letter->cc.count);
    add_sign(gathering, "many_recipients", letter->to.count + letter->cc.count > 10);
    add_sign(gathering, "html_only", letter->text_from_html);
    add_sign(gathering, "list", letter_header(letter, "List-Unsubscribe").data != NULL);
    add_sign(gathering, "reply_elsewhere", reply.size && !text_equal_nocase(reply, from));
    if (reply.size && !text_equal_nocase(reply, from)) add(gathering, "reply", text_fold(gathering->mem, reply));
    add_mailer(gathering, letter);
    add_files(gathering, letter);
}

void traits_of(struct arena *mem, const struct traits_source *source, struct traits *ret) {
    struct gathering gathering = {.mem = mem, .out = ret, .most = HEAD_MOST};
    ret->count = 0;
    add_sender(&gathering, source);
    if (source->letter) add_making(&gathering, source->letter);
    add_sign(&gathering, "shouted", is_shouted(source->subject));
    add_words(&gathering, "subject", source->subject, SUBJECT_LIMIT);
    add_links(&gathering, source->html, HTML_LIMIT);
    add_links(&gathering, source->text, BODY_LIMIT);
    gathering.most = TRAITS_MOST;
    add_words(&gathering, "word", source->text, BODY_LIMIT);
}
