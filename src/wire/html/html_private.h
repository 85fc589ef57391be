/* html_private.h - the tree and the tables that the files of this folder share. */
#ifndef THEKE_WIRE_HTML_HTML_PRIVATE_H
#define THEKE_WIRE_HTML_HTML_PRIVATE_H

#include "wire/html/html.h"

#include <gumbo.h>

enum html_tag_trait {
    TAG_SHOWN = 1,       /* may stand in our output */
    TAG_VOID = 2,        /* has no content and no end tag */
    TAG_FORMATTING = 4,  /* the tree builder opens it again in later blocks until it is closed */
    TAG_IMPLIED = 8,     /* a sibling's start tag closes it, so many of them do not make a tree deeper */
    TAG_RAW = 16,        /* dropped with all its content up to its end tag */
    TAG_SWALLOWS = 32,   /* as TAG_RAW, and without an end tag it takes the rest of the document */
    TAG_LINE = 64,       /* starts and ends a line of text */
    TAG_PARAGRAPH = 128, /* as TAG_LINE, with an empty line around it */
};

struct html_tag {
    const char *name;
    unsigned traits;
    const char *as; /* NULL, or the element that it is turned into */
};

/* NULL for names that are not in the table: their tags are dropped, their content stays. */
const struct html_tag *html_tag_find(struct text name);

/* The table's row of an element of the tree. */
const struct html_tag *html_tag_of(const GumboNode *node);

enum {
    HTML_DEPTH = 400, /* elements deeper than this are dropped, their content stays */
    HTML_INPUT = 8 << 20,
    HTML_OUTPUT = 4 << 20,
};

/* The markup of html with nothing left but tags in the table, their plain attributes and text: the only thing the
 * tree builder is ever given. Comments, declarations and raw elements are gone; entities stay as they are. Nesting is
 * at most about HTML_DEPTH deep, and what formatting elements can multiply to is bounded. */
struct text html_filter(struct arena *mem, struct text html);

/* The tree of html, filtered first. Lives as long as scratch. Returns the node whose children are the content. */
const GumboNode *html_tree(struct arena *scratch, struct text html);

/* The attribute's value, or no text. */
struct text html_attribute(const GumboNode *node, const char *name);

/* A style attribute's declarations that can do no harm, written in one canonical form; empty when none is left. */
struct text html_style_filter(struct arena *mem, struct text style);

/* True when the style hides the element ("display:none", "font-size:0", ...). */
bool html_style_hides(struct arena *mem, struct text style);

/* The address as a browser would read it (white space trimmed, tabs and line ends dropped), or no text when its
 * scheme is none of http, https, mailto and tel. */
struct text html_link(struct arena *mem, struct text address);

#endif
