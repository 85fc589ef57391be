#include "wire/html/html_private.h"

/* The tree is written anew from allow-lists, every time with all of "&", "<", ">" and quotes escaped and without
 * comments, raw text or foreign elements, so that no parser in any mode can find markup in it that is not ours. To
 * have what is shown be what was checked, the writing is repeated until it changes nothing more. */

enum { ROUNDS = 5, DATA_IMAGE_LIMIT = 2 << 20 };

struct sanitizer {
    struct arena *mem; /* for the result */
    struct arena *scratch;
    const struct html_policy *policy;
    struct buffer out;
    size_t remote_images;
    struct text *ids, *urls; /* inline images found in the first round, and the addresses we gave them */
    size_t id_count, id_capacity;
    bool again; /* a later round: the addresses we gave are ours */
};

static void add_attribute(struct sanitizer *s, const char *name, struct text value) {
    buffer_printf(&s->out, " %s=\"", name);
    html_escape_to(&s->out, value);
    buffer_add_char(&s->out, '"');
}

/* Checks of attribute values: each says whether the value may stand as it is. */
static bool is_number(struct text value) {
    if (text_ends(value, "%")) value.size--;
    if (value.size == 0 || value.size > 4) return false;
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i] < '0' || value.data[i] > '9') return false;
    return true;
}

/* Browsers make cells for what a span says, so a few bytes could ask for millions. */
static bool is_span(struct text value) {
    return value.size <= 2 && is_number(value) && !text_ends(value, "%");
}

static bool is_signed(struct text value) {
    if (text_starts(value, "+") || text_starts(value, "-")) value = text_skip(value, 1);
    return is_number(value);
}

static bool is_word(struct text value) {
    if (value.size == 0 || value.size > 40) return false;
    for (size_t i = 0; i < value.size; i++) {
        char c = (char)(value.data[i] | 32);
        if ((c < 'a' || c > 'z') && (value.data[i] < '0' || value.data[i] > '9') && value.data[i] != '-') return false;
    }
    return true;
}

static bool is_color(struct text value) {
    return is_word(text_starts(value, "#") ? text_skip(value, 1) : value);
}

static bool is_font(struct text value) {
    if (value.size == 0 || value.size > 200) return false;
    for (size_t i = 0; i < value.size; i++) {
        char c = (char)(value.data[i] | 32);
        if ((c < 'a' || c > 'z') && (value.data[i] < '0' || value.data[i] > '9') && !strchr(" ,-_.'", value.data[i]))
            return false;
    }
    return true;
}

static bool is_prose(struct text value) {
    return value.size <= 1000;
}

static bool is_time(struct text value) {
    if (value.size == 0 || value.size > 40) return false;
    for (size_t i = 0; i < value.size; i++)
        if (!strchr("0123456789-:.+ TZPWDHMSY", value.data[i])) return false;
    return true;
}

static const struct attribute_rule {
    const char *name;
    bool (*allows)(struct text value);
} attribute_rules[] = {
    {"align", is_word},    {"alt", is_prose},      {"bgcolor", is_color}, {"border", is_number},
    {"cellpadding", is_number}, {"cellspacing", is_number}, {"clear", is_word}, {"color", is_color},
    {"colspan", is_span}, {"datetime", is_time}, {"dir", is_word},      {"face", is_font},
    {"height", is_number}, {"lang", is_word},      {"nowrap", text_empty}, {"rowspan", is_span},
    {"size", is_signed},   {"span", is_span},    {"start", is_signed},  {"title", is_prose},
    {"type", is_word},     {"valign", is_word},    {"value", is_signed},  {"width", is_number},
};

static void write_plain_attributes(struct sanitizer *s, const GumboNode *node) {
    if (node->v.element.attributes.length == 0) return;
    for (size_t i = 0; i < COUNT_OF(attribute_rules); i++) {
        struct text value = html_attribute(node, attribute_rules[i].name);
        if (value.data && attribute_rules[i].allows(value)) add_attribute(s, attribute_rules[i].name, value);
    }
    if (html_attribute(node, "hidden").data) add_attribute(s, "hidden", text_of(""));
    struct text style = html_attribute(node, "style");
    if (!text_empty(style)) style = html_style_filter(s->scratch, style);
    if (!text_empty(style)) add_attribute(s, "style", style);
}

static void write_link(struct sanitizer *s, const GumboNode *node) {
    struct text address = html_link(s->scratch, html_attribute(node, "href"));
    if (text_empty(address)) return;
    add_attribute(s, "href", address);
    buffer_add_string(&s->out, " target=\"_blank\" rel=\"noopener noreferrer nofollow\"");
}

/* data:image/png;base64,... with nothing but base64 behind it; SVG is a document and never allowed. */
static bool is_data_image(struct text address) {
    static const char *const kinds[] = {"png", "jpeg", "gif", "webp"};
    if (!text_starts_nocase(address, "data:image/") || address.size > DATA_IMAGE_LIMIT) return false;
    struct text rest = text_skip(address, 11);
    size_t i = 0;
    while (i < COUNT_OF(kinds) && !text_starts_nocase(rest, kinds[i])) i++;
    if (i == COUNT_OF(kinds)) return false;
    rest = text_skip(rest, strlen(kinds[i]));
    if (!text_starts_nocase(rest, ";base64,")) return false;
    for (i = 8; i < rest.size; i++) {
        char c = (char)(rest.data[i] | 32);
        if ((c < 'a' || c > 'z') && (rest.data[i] < '0' || rest.data[i] > '9') && !strchr("+/=", rest.data[i]))
            return false;
    }
    return true;
}

static struct text percent_encode(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr("-._~", c);
        if (plain && c) buffer_add_char(&out, (char)c);
        else buffer_printf(&out, "%%%02X", c);
    }
    return buffer_text(&out);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The Content-ID that a cid: address names (RFC 2392): percent-decoded. */
static struct text content_id_of(struct arena *mem, struct text address) {
    struct buffer out = {.mem = mem};
    for (size_t i = 4; i < address.size; i++) {
        int high = i + 2 < address.size && address.data[i] == '%' ? hex_digit(address.data[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(address.data[i + 2]) : -1;
        if (low >= 0) i += 2;
        buffer_add_char(&out, low >= 0 ? (char)(high * 16 + low) : address.data[i]);
    }
    return buffer_text(&out);
}

static struct text inline_url(struct sanitizer *s, struct text id) {
    for (size_t i = 0; i < s->policy->inline_count; i++)
        if (text_equal(s->policy->inlines[i].content_id, id)) return s->policy->inlines[i].url;
    if (!s->policy->inline_prefix || id.size == 0 || id.size > 500) return (struct text){0};
    struct text encoded = percent_encode(s->mem, id);
    return text_printf(s->mem, "%s%.*s", s->policy->inline_prefix, (int)encoded.size, encoded.data);
}

static bool is_our_url(const struct sanitizer *s, struct text address) {
    for (size_t i = 0; i < s->id_count; i++)
        if (text_equal(s->urls[i], address)) return true;
    return false;
}

static void remember_inline(struct sanitizer *s, struct text id, struct text url) {
    for (size_t i = 0; i < s->id_count; i++)
        if (text_equal(s->ids[i], id)) return;
    if (s->id_count == s->id_capacity) {
        size_t capacity = s->id_capacity ? s->id_capacity * 2 : 8;
        struct text *ids = arena_array(s->mem, capacity, sizeof *ids);
        struct text *urls = arena_array(s->mem, capacity, sizeof *urls);
        for (size_t i = 0; i < s->id_count; i++) ids[i] = s->ids[i], urls[i] = s->urls[i];
        s->ids = ids, s->urls = urls, s->id_capacity = capacity;
    }
    s->ids[s->id_count] = text_copy(s->mem, id);
    s->urls[s->id_count++] = url;
}

static bool is_remote(struct text address) {
    return text_starts_nocase(address, "http://") || text_starts_nocase(address, "https://");
}

static void write_remote(struct sanitizer *s, struct text address) {
    s->remote_images++;
    add_attribute(s, "data-remote-src", address);
}

static struct text trim_address(struct text address) {
    while (address.size > 0 && (unsigned char)address.data[0] <= ' ') address = text_skip(address, 1);
    while (address.size > 0 && (unsigned char)address.data[address.size - 1] <= ' ') address.size--;
    return address;
}

static void write_image_source(struct sanitizer *s, const GumboNode *node) {
    struct text source = trim_address(html_attribute(node, "src"));
    if (text_empty(source)) source = trim_address(html_attribute(node, "data-remote-src"));
    if (s->again && is_our_url(s, source)) {
        add_attribute(s, "src", source);
    } else if (text_starts_nocase(source, "cid:")) {
        struct text id = content_id_of(s->scratch, source), url = inline_url(s, id);
        if (text_empty(url)) return;
        remember_inline(s, id, url);
        add_attribute(s, "src", url);
    } else if (is_data_image(source)) {
        add_attribute(s, "src", source);
    } else {
        if (text_starts(source, "//")) source = text_printf(s->scratch, "https:%.*s", (int)source.size, source.data);
        source = html_link(s->scratch, source);
        if (is_remote(source)) write_remote(s, source);
    }
}

static void write_node(struct sanitizer *s, const GumboNode *node, unsigned depth);

static void write_children(struct sanitizer *s, const GumboNode *node, unsigned depth) {
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length && !s->out.failed; i++) write_node(s, children->data[i], depth);
}

static void write_element(struct sanitizer *s, const GumboNode *node, unsigned depth) {
    const struct html_tag *tag = html_tag_of(node);
    if (!tag || !(tag->traits & TAG_SHOWN) || depth > HTML_DEPTH) {
        write_children(s, node, depth + 1);
        return;
    }
    buffer_printf(&s->out, "<%s", tag->name);
    if (node->v.element.tag == GUMBO_TAG_A) write_link(s, node);
    if (node->v.element.tag == GUMBO_TAG_IMG) write_image_source(s, node);
    write_plain_attributes(s, node);
    buffer_add_char(&s->out, '>');
    if (tag->traits & TAG_VOID) return;
    /* A line feed right behind <pre> is not content, so one is given for it. */
    if (node->v.element.tag == GUMBO_TAG_PRE) buffer_add_char(&s->out, '\n');
    write_children(s, node, depth + 1);
    buffer_printf(&s->out, "</%s>", tag->name);
}

static void write_node(struct sanitizer *s, const GumboNode *node, unsigned depth) {
    if (node->type == GUMBO_NODE_ELEMENT) write_element(s, node, depth);
    else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
        html_escape_to(&s->out, text_of(node->v.text.text));
}

static bool write_round(struct sanitizer *s, struct arena *scratch, struct text html, struct text *ret) {
    s->scratch = scratch;
    s->remote_images = 0;
    s->out = (struct buffer){.mem = s->mem, .limit = s->policy->output_limit ? s->policy->output_limit : HTML_OUTPUT};
    write_children(s, html_tree(scratch, html), 0);
    arena_free(scratch);
    if (s->out.failed) return false;
    *ret = buffer_text(&s->out);
    return true;
}

/* Writes until nothing changes. False when it never settles or grows too large. */
static bool settle(struct sanitizer *s, struct text html, struct text *ret) {
    SCOPED(arena_free) struct arena scratch = {0};
    struct text before, after;
    if (!write_round(s, &scratch, html, &before)) return false;
    s->again = true;
    for (int i = 0; i < ROUNDS; i++) {
        if (!write_round(s, &scratch, before, &after)) return false;
        if (text_equal(before, after)) {
            *ret = after;
            return true;
        }
        before = after;
    }
    return false;
}

static struct text as_text(struct arena *mem, struct text html, size_t limit) {
    SCOPED(arena_free) struct arena scratch = {0};
    struct text plain = html_to_text(&scratch, html);
    /* Escaping and line ends make text at most six times as long. */
    struct text written = html_from_text(&scratch, text_cut(plain, limit));
    if (written.size > limit) written = html_from_text(&scratch, text_cut(plain, limit / 16));
    return text_copy(mem, written.size > limit ? text_of("") : written);
}

bool html_sanitize(struct arena *mem, struct text html, const struct html_policy *policy, struct html_result *ret,
                   struct error *err) {
    size_t input_limit = policy->input_limit ? policy->input_limit : HTML_INPUT;
    if (html.size > input_limit)
        return error_set(err, ERR_TOO_LARGE, "%zu bytes of HTML are more than %zu", html.size, input_limit);
    struct sanitizer s = {.mem = mem, .policy = policy};
    struct text written;
    if (!settle(&s, html, &written)) {
        size_t limit = policy->output_limit ? policy->output_limit : HTML_OUTPUT;
        *ret = (struct html_result){.html = as_text(mem, html, limit), .as_text = true};
        return true;
    }
    *ret = (struct html_result){
        .html = written, .remote_images = s.remote_images, .inline_ids = s.ids, .inline_count = s.id_count};
    return true;
}
