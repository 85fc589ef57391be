/* html.h - HTML from strangers: made harmless, made readable as text, made from text.
 *
 * A letter's HTML is tokenised and filtered here, built into a tree by gumbo (WHATWG tree construction), and written
 * anew from allow-lists of elements, attributes, style declarations and addresses. Nothing of the input is copied as
 * markup, so what is not listed cannot come through. All functions take any bytes, bounded in time and memory. */
#ifndef THEKE_WIRE_HTML_HTML_H
#define THEKE_WIRE_HTML_HTML_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/* One part of a letter that its HTML may show with <img src="cid:...">. */
struct html_inline {
    struct text content_id; /* without "<", ">" and "cid:" */
    struct text url;        /* where the reader's browser finds it */
};

/* A zeroed policy is the strictest: no inline images, default limits. */
struct html_policy {
    const struct html_inline *inlines;
    size_t inline_count;
    const char *inline_prefix; /* NULL, or the url of a Content-ID that inlines lacks: prefix + percent-encoded id */
    size_t input_limit;        /* bytes; 0: 8 MiB. Longer input is an error (ERR_TOO_LARGE) */
    size_t output_limit;       /* bytes; 0: 4 MiB. Longer output is shown as text, cut at the limit */
};

struct html_result {
    struct text html;                /* UTF-8, a fragment for the body of a page in standards mode */
    size_t remote_images;            /* images whose address was moved to data-remote-src */
    const struct text *inline_ids;   /* the Content-IDs that the HTML shows, each once */
    size_t inline_count;
    bool as_text;                    /* too wild to keep its form: html shows its text only */
};

/* Makes HTML that can be shown to people: no script, no form, no foreign namespace, no request to anybody until
 * data-remote-src is moved back to src. Links open in a new window without opener and referrer. The result does not
 * change when it is sanitised again. Fails only with ERR_TOO_LARGE. */
MUST_USE bool html_sanitize(struct arena *mem, struct text html, const struct html_policy *policy,
                            struct html_result *ret, struct error *err);

/* Readable text of HTML: paragraphs, lists, tables row by row with tabs between the cells, "label <url>" for links
 * whose label does not show the url, "> " before quotes. Hidden parts are dropped. Lines end with LF; no trailing
 * white space, no two empty lines in a row. */
struct text html_to_text(struct arena *mem, struct text html);

/* Safe HTML of plain text: line ends kept, links and mail addresses found, lines with ">" become blockquotes. */
struct text html_from_text(struct arena *mem, struct text plain);

/* Safe HTML of Markdown (CommonMark 0.29), for articles and macros that people of ours write; sanitised with policy.
 * HTML in the Markdown is left out. Fails with ERR_TOO_LARGE above 1 MiB. */
MUST_USE bool html_from_markdown(struct arena *mem, struct text markdown, const struct html_policy *policy,
                                 struct html_result *ret, struct error *err);

/* Text with "&", "<", ">", quotes and "`" escaped, fit for element content and quoted attribute values. Control
 * characters other than tab and line feed are dropped. */
struct text html_escape(struct arena *mem, struct text t);
void html_escape_to(struct buffer *out, struct text t);

#endif
