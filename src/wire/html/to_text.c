#include "wire/html/html_private.h"

#include <stdio.h>

enum { LIST_DEPTH = 16, INDENT = 2 };

/* Text is written line by line: a line begins with its first visible character, so that blocks that show nothing
 * leave nothing behind. */
struct writer {
    struct arena *scratch;
    struct buffer out;
    bool line_open;    /* the present line has visible characters */
    bool space;        /* white space was seen since the last one */
    bool blank;        /* an empty line is due before the next one */
    bool cell;         /* the next text begins a further cell of its row */
    unsigned quotes, last_quotes, pre;
    size_t indent;
    char bullet[24];   /* stands at the beginning of the next line */
    size_t lists;
    int64_t numbers[LIST_DEPTH]; /* the next item's number; 0: not numbered */
};

static void add_quotes(struct writer *w, unsigned quotes) {
    for (unsigned i = 0; i < quotes && i < 32; i++) buffer_add_char(&w->out, '>');
}

static void begin_line(struct writer *w) {
    if (w->blank && w->out.size > 0) {
        add_quotes(w, w->quotes < w->last_quotes ? w->quotes : w->last_quotes);
        buffer_add_char(&w->out, '\n');
    }
    w->blank = false;
    add_quotes(w, w->quotes);
    if (w->quotes) buffer_add_char(&w->out, ' ');
    size_t bullet = strlen(w->bullet);
    for (size_t i = bullet; i < w->indent; i++) buffer_add_char(&w->out, ' ');
    buffer_add_string(&w->out, w->bullet);
    w->bullet[0] = '\0';
    w->last_quotes = w->quotes;
    w->line_open = true;
    w->space = w->cell = false;
}

static void trim_line(struct buffer *out) {
    while (out->size > 0 && (out->data[out->size - 1] == ' ' || out->data[out->size - 1] == '\t')) out->size--;
}

static void end_line(struct writer *w) {
    if (w->line_open) {
        trim_line(&w->out);
        buffer_add_char(&w->out, '\n');
    }
    w->line_open = w->space = w->cell = false;
}

static void line_break(struct writer *w) {
    if (w->line_open) end_line(w);
    else w->blank = true;
}

static void paragraph_break(struct writer *w) {
    end_line(w);
    w->blank = true;
}

static void add_rune(struct writer *w, uint32_t rune) {
    if (!w->line_open) begin_line(w);
    if (w->cell) buffer_add_char(&w->out, '\t');
    else if (w->space) buffer_add_char(&w->out, ' ');
    w->space = w->cell = false;
    buffer_add_rune(&w->out, rune);
}

/* Characters that fill the preview lines of mail programs, or break words where nobody sees it. */
static bool is_invisible(uint32_t rune) {
    return rune == 0xAD || rune == 0x34F || rune == 0x200B || rune == 0x2060 || rune == 0xFEFF || rune == 0x7F
           || (rune < 0x20 && rune != '\t' && rune != '\n' && rune != '\r' && rune != '\f');
}

static void add_text(struct writer *w, struct text t) {
    for (size_t i = 0; i < t.size;) {
        uint32_t rune = text_rune(t, &i);
        if (is_invisible(rune)) continue;
        if (w->pre && rune == '\n') line_break(w);
        else if (w->pre && (rune == ' ' || rune == '\t')) add_rune(w, rune);
        else if (rune == 0xA0) add_rune(w, ' ');
        else if (rune == ' ' || (rune >= '\t' && rune <= '\r')) w->space = w->line_open;
        else add_rune(w, rune);
    }
}

static bool is_hidden(struct writer *w, const GumboNode *node) {
    if (html_attribute(node, "hidden").data) return true;
    struct text style = html_attribute(node, "style");
    return !text_empty(style) && html_style_hides(w->scratch, style);
}

/* Outlook writes every line as a paragraph without a margin. */
static bool has_no_margin(const GumboNode *node) {
    struct text style = html_attribute(node, "style"), css_class = html_attribute(node, "class");
    if (text_starts(css_class, "Mso")) return true;
    size_t at = text_find_nocase(style, text_of("margin:"));
    if (at == SIZE_MAX) return false;
    struct text value = text_trim(text_skip(style, at + 7));
    bool sides = text_find_nocase(style, text_of("margin-")) != SIZE_MAX;
    return text_starts(value, "0") && !text_starts(value, "0.") && !sides;
}

static void write_node(struct writer *w, const GumboNode *node);

static void write_children(struct writer *w, const GumboNode *node) {
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) write_node(w, children->data[i]);
}

static void write_rule(struct writer *w) {
    end_line(w);
    for (int i = 0; i < 32; i++) add_rune(w, '_');
    end_line(w);
}

static void write_list(struct writer *w, const GumboNode *node, bool numbered) {
    int64_t first = 1;
    struct text start = html_attribute(node, "start");
    if (!text_to_int(start, &first) || first < 1 || first > 1000000) first = 1;
    bool nested = w->lists > 0;
    if (nested) end_line(w);
    else paragraph_break(w);
    if (w->lists < LIST_DEPTH) w->numbers[w->lists] = numbered ? first : 0;
    w->lists++;
    write_children(w, node);
    w->lists--;
    if (nested) end_line(w);
    else paragraph_break(w);
}

static void write_item(struct writer *w, const GumboNode *node) {
    size_t before = w->indent;
    int64_t *number = w->lists > 0 && w->lists <= LIST_DEPTH ? &w->numbers[w->lists - 1] : NULL;
    end_line(w);
    if (number && *number > 0) snprintf(w->bullet, sizeof w->bullet, "%" PRId64 ". ", (*number)++);
    else snprintf(w->bullet, sizeof w->bullet, "- ");
    if (w->indent < LIST_DEPTH * INDENT) w->indent += strlen(w->bullet);
    write_children(w, node);
    end_line(w);
    w->blank = false;
    w->bullet[0] = '\0';
    w->indent = before;
}

static void write_quote(struct writer *w, const GumboNode *node) {
    paragraph_break(w);
    w->quotes++;
    write_children(w, node);
    paragraph_break(w);
    w->quotes--;
}

static void write_cell(struct writer *w, const GumboNode *node) {
    w->cell = w->line_open;
    write_children(w, node);
}

/* What a label and an address have in common when they say the same. */
static struct text bare_address(struct arena *mem, struct text t) {
    static const char *const prefixes[] = {"mailto:", "tel:", "http://", "https://", "www."};
    t = text_lower(mem, text_trim(t));
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (text_starts(t, prefixes[i])) t = text_skip(t, strlen(prefixes[i]));
    if (text_ends(t, "/")) t.size--;
    return t;
}

static void write_link(struct writer *w, const GumboNode *node) {
    size_t from = w->out.size;
    write_children(w, node);
    struct text label = text_trim(text_skip(buffer_text(&w->out), from));
    struct text address = html_link(w->scratch, html_attribute(node, "href"));
    if (text_empty(label) || text_empty(address) || !w->line_open) return;
    if (text_equal(bare_address(w->scratch, label), bare_address(w->scratch, address))) return;
    if (text_starts_nocase(address, "mailto:")) address = text_skip(address, 7);
    buffer_printf(&w->out, " <%.*s>", (int)address.size, address.data);
}

static void write_image(struct writer *w, const GumboNode *node) {
    add_text(w, html_attribute(node, "alt"));
}

static void write_preformatted(struct writer *w, const GumboNode *node) {
    paragraph_break(w);
    w->pre++;
    write_children(w, node);
    w->pre--;
    paragraph_break(w);
}

static void write_block(struct writer *w, const GumboNode *node, const struct html_tag *tag) {
    bool apart = tag && tag->traits & TAG_PARAGRAPH && !has_no_margin(node);
    bool alone = tag && tag->traits & (TAG_LINE | TAG_PARAGRAPH);
    if (apart) paragraph_break(w);
    else if (alone) end_line(w);
    write_children(w, node);
    if (apart) paragraph_break(w);
    else if (alone) end_line(w);
}

static void write_element(struct writer *w, const GumboNode *node) {
    if (is_hidden(w, node)) return;
    switch (node->v.element.tag) {
    case GUMBO_TAG_BR: line_break(w); return;
    case GUMBO_TAG_HR: write_rule(w); return;
    case GUMBO_TAG_IMG: write_image(w, node); return;
    case GUMBO_TAG_A: write_link(w, node); return;
    case GUMBO_TAG_UL: write_list(w, node, false); return;
    case GUMBO_TAG_OL: write_list(w, node, true); return;
    case GUMBO_TAG_LI: write_item(w, node); return;
    case GUMBO_TAG_BLOCKQUOTE: write_quote(w, node); return;
    case GUMBO_TAG_PRE: write_preformatted(w, node); return;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH: write_cell(w, node); return;
    default: write_block(w, node, html_tag_of(node));
    }
}

static void write_node(struct writer *w, const GumboNode *node) {
    if (node->type == GUMBO_NODE_ELEMENT) write_element(w, node);
    else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
        add_text(w, text_of(node->v.text.text));
}

/* Explicit line breaks may still have left empty lines in a row, and a non-breaking space alone makes a line. */
static struct text tidy(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    struct text line;
    bool blank = false;
    while (text_next_line(&t, &line)) {
        while (line.size > 0 && (line.data[line.size - 1] == ' ' || line.data[line.size - 1] == '\t')) line.size--;
        if (line.size == 0) {
            blank = true;
            continue;
        }
        if (out.size > 0) buffer_add_string(&out, blank ? "\n\n" : "\n");
        buffer_add_text(&out, line);
        blank = false;
    }
    return buffer_text(&out);
}

struct text html_to_text(struct arena *mem, struct text html) {
    SCOPED(arena_free) struct arena scratch = {0};
    struct writer w = {.scratch = &scratch, .out = {.mem = &scratch}};
    write_children(&w, html_tree(&scratch, text_slice(html, 0, HTML_INPUT)));
    return tidy(mem, buffer_text(&w.out));
}
