#include "wire/html/html_private.h"

/* The tree builder is quadratic in the depth of its stack of open elements, and it opens unclosed formatting elements
 * again in every later block. So this filter keeps a stack of its own that is never shallower than the builder's (when
 * in doubt whether an end tag closes something, the element counts as open), drops what would go too deep, and charges
 * each token with what opening the formatting elements again would cost. */

enum {
    FORMATTING_DEPTH = 32,
    REOPENING_BUDGET = 64 << 20, /* bytes of tree that reopened formatting elements may take */
    NODE_COST = 256,             /* bytes that an element of the tree takes beside its attributes */
    RAW_NAMES = 16,
};

struct open_tag {
    const struct html_tag *tag;
    size_t cost;
};

struct filter {
    struct text in;
    size_t at;
    struct buffer out;
    struct open_tag stack[HTML_DEPTH];
    size_t depth, formatting, reopening;
    size_t budget;
    const struct html_tag *endless[RAW_NAMES]; /* raw elements known to have no further end tag */
    size_t endless_count;
};

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char peek(const struct filter *f, size_t ahead) {
    return f->at + ahead < f->in.size ? f->in.data[f->at + ahead] : '\0';
}

static bool kept_attribute(struct text name) {
    static const char *const names[] = {
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "class", "clear", "color", "colspan",
        "data-remote-src", "datetime", "dir", "face", "height", "hidden", "href", "lang", "nowrap", "rowspan", "size",
        "span", "src", "start", "style", "title", "type", "valign", "value", "width",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_is_nocase(name, names[i])) return true;
    return false;
}

/* Entities in the value stay as they are: only what would end the value or begin a tag is written otherwise. */
static void add_attribute(struct buffer *out, struct text name, struct text value) {
    if (!kept_attribute(name)) return;
    buffer_add_char(out, ' ');
    buffer_add_text(out, name);
    buffer_add_string(out, "=\"");
    for (size_t from = 0, i = 0; i <= value.size; i++) {
        if (i < value.size && value.data[i] != '"' && value.data[i] != '<') continue;
        buffer_add(out, value.data ? value.data + from : "", i - from);
        if (i < value.size) buffer_add_string(out, value.data[i] == '"' ? "&quot;" : "&lt;");
        from = i + 1;
    }
    buffer_add_char(out, '"');
}

/* One attribute's value behind its "=". False when the input ends inside it. */
static bool read_value(struct filter *f, struct text *ret_value) {
    while (is_space(peek(f, 0))) f->at++;
    char quote = peek(f, 0);
    size_t from = f->at;
    if (quote == '"' || quote == '\'') {
        size_t size = text_find_char(text_skip(f->in, ++from), quote);
        if (size == SIZE_MAX) return false;
        f->at = from + size + 1;
        *ret_value = text_slice(f->in, from, size);
        return true;
    }
    while (f->at < f->in.size && !is_space(f->in.data[f->at]) && f->in.data[f->at] != '>') f->at++;
    *ret_value = text_slice(f->in, from, f->at - from);
    return true;
}

static struct text read_attribute_name(struct filter *f) {
    size_t from = f->at++; /* even "=" may begin a name */
    while (f->at < f->in.size && !is_space(f->in.data[f->at]) && !strchr("/>=", f->in.data[f->at])) f->at++;
    return text_slice(f->in, from, f->at - from);
}

/* Moves behind the ">" of the tag; its attributes go to *attributes. False when the input ends inside the tag: then
 * it is no tag at all. */
static bool read_attributes(struct filter *f, struct buffer *attributes) {
    for (;;) {
        while (is_space(peek(f, 0)) || peek(f, 0) == '/') f->at++;
        if (f->at >= f->in.size) return false;
        if (f->in.data[f->at] == '>') {
            f->at++;
            return true;
        }
        struct text name = read_attribute_name(f), value = {0};
        while (is_space(peek(f, 0))) f->at++;
        if (peek(f, 0) == '=') {
            f->at++;
            if (!read_value(f, &value)) return false;
        }
        add_attribute(attributes, name, value);
    }
}

static struct text read_tag_name(struct filter *f) {
    size_t from = f->at;
    while (f->at < f->in.size && !is_space(f->in.data[f->at]) && f->in.data[f->at] != '/' && f->in.data[f->at] != '>')
        f->at++;
    return text_slice(f->in, from, f->at - from);
}

static bool known_endless(const struct filter *f, const struct html_tag *tag) {
    for (size_t i = 0; i < f->endless_count; i++)
        if (f->endless[i] == tag) return true;
    return false;
}

/* Moves to the end tag of a raw element, or returns false when there is none. */
static bool find_end_tag(struct filter *f, const struct html_tag *tag) {
    if (known_endless(f, tag)) return false;
    size_t size = strlen(tag->name);
    for (size_t i = f->at; i + size + 2 < f->in.size; i++) {
        const char *slash = memchr(f->in.data + i, '/', f->in.size - i);
        if (!slash) break;
        i = (size_t)(slash - f->in.data);
        if (i == 0 || slash[-1] != '<' || i - 1 < f->at) continue;
        if (!text_starts_nocase(text_skip(f->in, i + 1), tag->name)) continue;
        char after = i + 1 + size < f->in.size ? f->in.data[i + 1 + size] : '\0';
        if (!is_space(after) && after != '/' && after != '>') continue;
        f->at = i - 1;
        return true;
    }
    if (f->endless_count < RAW_NAMES) f->endless[f->endless_count++] = tag;
    return false;
}

static void skip_raw(struct filter *f, const struct html_tag *tag) {
    if (!find_end_tag(f, tag)) {
        if (tag->traits & TAG_SWALLOWS) f->at = f->in.size;
        return;
    }
    f->at += 2;
    read_tag_name(f);
    struct buffer nothing = {.mem = f->out.mem, .limit = 1};
    if (!read_attributes(f, &nothing)) f->at = f->in.size;
}

static bool counts(const struct html_tag *tag) {
    return !(tag->traits & (TAG_VOID | TAG_IMPLIED));
}

/* Elements without special rules: an end tag of theirs does not reach beyond a block. */
static bool is_ordinary(const struct html_tag *tag) {
    return !(tag->traits & (TAG_FORMATTING | TAG_LINE | TAG_PARAGRAPH | TAG_IMPLIED | TAG_VOID));
}

static bool is_heading(const struct html_tag *tag) {
    return tag->name[0] == 'h' && tag->name[1] >= '1' && tag->name[1] <= '6';
}

static bool push(struct filter *f, const struct html_tag *tag, size_t cost) {
    if (!counts(tag)) return true;
    if (f->depth == HTML_DEPTH) return false;
    if (tag->traits & TAG_FORMATTING) {
        if (f->formatting == FORMATTING_DEPTH) return false;
        f->formatting++;
        f->reopening += cost;
    }
    f->stack[f->depth++] = (struct open_tag){tag, cost};
    return true;
}

static void remove_open(struct filter *f, size_t i) {
    if (f->stack[i].tag->traits & TAG_FORMATTING) {
        f->formatting--;
        f->reopening -= f->stack[i].cost;
    }
    memmove(f->stack + i, f->stack + i + 1, (--f->depth - i) * sizeof f->stack[0]);
}

/* Closes the element at i with all that is open in it, except formatting elements, which live on. */
static void close_from(struct filter *f, size_t i) {
    size_t kept = i;
    for (size_t k = i + 1; k < f->depth; k++)
        if (f->stack[k].tag->traits & TAG_FORMATTING) f->stack[kept++] = f->stack[k];
    f->depth = kept;
}

/* Takes from the stack what an end tag closes for certain. False when it can close nothing. */
static bool pop(struct filter *f, const struct html_tag *tag) {
    size_t blocks = 0;
    for (size_t i = f->depth; i-- > 0;) {
        const struct html_tag *open = f->stack[i].tag;
        if (open == tag || (is_heading(open) && is_heading(tag))) {
            if (!(tag->traits & TAG_FORMATTING)) close_from(f, i);
            /* The tree builder gives up on a formatting element that has more than eight blocks inside. */
            else if (blocks <= 2) remove_open(f, i);
            return true;
        }
        bool special = !(open->traits & TAG_FORMATTING) && !is_ordinary(open);
        if (special && is_ordinary(tag)) return false;
        if (strcmp(open->name, "table") == 0) return false;
        blocks += special;
    }
    return false;
}

/* Counts a token against the budget. False when it is spent. */
static bool charge(struct filter *f) {
    size_t cost = NODE_COST + f->reopening;
    if (cost > f->budget) {
        f->budget = 0;
        return false;
    }
    f->budget -= cost;
    return true;
}

static void start_tag(struct filter *f) {
    f->at++;
    const struct html_tag *tag = html_tag_find(read_tag_name(f));
    struct buffer attributes = {.mem = f->out.mem};
    if (!read_attributes(f, &attributes)) {
        f->at = f->in.size;
        return;
    }
    if (!tag) return;
    if (tag->traits & (TAG_RAW | TAG_SWALLOWS)) {
        skip_raw(f, tag);
        return;
    }
    if (tag->as) tag = html_tag_find(text_of(tag->as));
    if (!charge(f) || !push(f, tag, NODE_COST + 2 * attributes.size)) return;
    buffer_add_char(&f->out, '<');
    buffer_add_string(&f->out, tag->name);
    buffer_add_text(&f->out, buffer_text(&attributes));
    buffer_add_char(&f->out, '>');
}

static void end_tag(struct filter *f) {
    f->at += 2;
    const struct html_tag *tag = html_tag_find(read_tag_name(f));
    struct buffer nothing = {.mem = f->out.mem, .limit = 1};
    if (!read_attributes(f, &nothing)) {
        f->at = f->in.size;
        return;
    }
    if (!tag || !(tag->traits & TAG_SHOWN)) return;
    if (tag->as) tag = html_tag_find(text_of(tag->as));
    if (tag->traits & TAG_VOID && strcmp(tag->name, "br") != 0) return;
    if (!charge(f) || (counts(tag) && !pop(f, tag))) return;
    buffer_add_string(&f->out, "</");
    buffer_add_string(&f->out, tag->name);
    buffer_add_char(&f->out, '>');
}

static void skip_behind(struct filter *f, const char *mark) {
    size_t found = text_find(text_skip(f->in, f->at), text_of(mark));
    f->at = found == SIZE_MAX ? f->in.size : f->at + found + strlen(mark);
}

/* "<!-->" and "<!--->" are whole comments, and "--!>" ends one as "-->" does. */
static void comment(struct filter *f) {
    f->at += 4;
    if (peek(f, 0) == '>' || (peek(f, 0) == '-' && peek(f, 1) == '>')) {
        skip_behind(f, ">");
        return;
    }
    while (f->at < f->in.size) {
        skip_behind(f, "--");
        while (peek(f, 0) == '-') f->at++;
        if (peek(f, 0) == '>' || (peek(f, 0) == '!' && peek(f, 1) == '>')) {
            skip_behind(f, ">");
            return;
        }
    }
}

static void markup(struct filter *f) {
    char next = peek(f, 1);
    if (is_letter(next)) {
        start_tag(f);
    } else if (next == '/' && is_letter(peek(f, 2))) {
        end_tag(f);
    } else if (next == '!' && peek(f, 2) == '-' && peek(f, 3) == '-') {
        comment(f);
    } else if (next == '!' || next == '?' || (next == '/' && f->at + 2 < f->in.size)) {
        skip_behind(f, ">");
    } else {
        buffer_add_string(&f->out, "&lt;");
        f->at++;
    }
}

struct text html_filter(struct arena *mem, struct text html) {
    struct filter *f = arena_alloc(mem, sizeof *f);
    f->in = text_make_utf8(mem, html);
    f->out = (struct buffer){.mem = mem};
    f->budget = REOPENING_BUDGET + 4 * html.size;
    while (f->at < f->in.size) {
        size_t text = text_find_char(text_skip(f->in, f->at), '<');
        if (text == SIZE_MAX) text = f->in.size - f->at;
        buffer_add(&f->out, f->in.data + f->at, text);
        f->at += text;
        if (f->at < f->in.size) markup(f);
    }
    return buffer_text(&f->out);
}
