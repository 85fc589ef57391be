#include "wire/html/html_private.h"

#include <stdlib.h>

/* Sorted by name. */
static const struct html_tag tags[] = {
    {"a", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"abbr", TAG_SHOWN, NULL},
    {"address", TAG_SHOWN | TAG_LINE, NULL},
    {"article", TAG_SHOWN | TAG_LINE, "div"},
    {"aside", TAG_SHOWN | TAG_LINE, "div"},
    {"b", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"bdi", TAG_SHOWN, NULL},
    {"bdo", TAG_SHOWN, NULL},
    {"big", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"blockquote", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"br", TAG_SHOWN | TAG_VOID, NULL},
    {"caption", TAG_SHOWN | TAG_LINE, NULL},
    {"center", TAG_SHOWN | TAG_LINE, NULL},
    {"cite", TAG_SHOWN, NULL},
    {"code", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"col", TAG_SHOWN | TAG_VOID, NULL},
    {"colgroup", TAG_SHOWN | TAG_IMPLIED, NULL},
    {"datalist", TAG_RAW, NULL},
    {"dd", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"del", TAG_SHOWN, NULL},
    {"details", TAG_SHOWN | TAG_LINE, "div"},
    {"dfn", TAG_SHOWN, NULL},
    {"dir", TAG_SHOWN | TAG_PARAGRAPH, "ul"},
    {"div", TAG_SHOWN | TAG_LINE, NULL},
    {"dl", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"dt", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"em", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"fieldset", TAG_SHOWN | TAG_LINE, "div"},
    {"figcaption", TAG_SHOWN | TAG_LINE, "div"},
    {"figure", TAG_SHOWN | TAG_LINE, "div"},
    {"font", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"footer", TAG_SHOWN | TAG_LINE, "div"},
    {"form", TAG_SHOWN | TAG_LINE, "div"},
    {"h1", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"h2", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"h3", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"h4", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"h5", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"h6", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"header", TAG_SHOWN | TAG_LINE, "div"},
    {"hr", TAG_SHOWN | TAG_VOID | TAG_LINE, NULL},
    {"i", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"iframe", TAG_RAW, NULL},
    {"image", TAG_SHOWN | TAG_VOID, "img"},
    {"img", TAG_SHOWN | TAG_VOID, NULL},
    {"ins", TAG_SHOWN, NULL},
    {"kbd", TAG_SHOWN, NULL},
    {"li", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"listing", TAG_SHOWN | TAG_PARAGRAPH, "pre"},
    {"main", TAG_SHOWN | TAG_LINE, "div"},
    {"mark", TAG_SHOWN, NULL},
    {"math", TAG_RAW, NULL},
    {"menu", TAG_SHOWN | TAG_PARAGRAPH, "ul"},
    {"nav", TAG_SHOWN | TAG_LINE, "div"},
    {"ol", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"p", TAG_SHOWN | TAG_IMPLIED | TAG_PARAGRAPH, NULL},
    {"pre", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"q", TAG_SHOWN, NULL},
    {"s", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"samp", TAG_SHOWN, NULL},
    {"script", TAG_SWALLOWS, NULL},
    {"section", TAG_SHOWN | TAG_LINE, "div"},
    {"select", TAG_RAW, NULL},
    {"small", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"span", TAG_SHOWN, NULL},
    {"strike", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"strong", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"style", TAG_SWALLOWS, NULL},
    {"sub", TAG_SHOWN, NULL},
    {"summary", TAG_SHOWN | TAG_LINE, "div"},
    {"sup", TAG_SHOWN, NULL},
    {"svg", TAG_RAW, NULL},
    {"table", TAG_SHOWN | TAG_LINE, NULL},
    {"tbody", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"td", TAG_SHOWN | TAG_IMPLIED, NULL},
    {"template", TAG_RAW, NULL},
    {"textarea", TAG_RAW, NULL},
    {"tfoot", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"th", TAG_SHOWN | TAG_IMPLIED, NULL},
    {"thead", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"time", TAG_SHOWN, NULL},
    {"title", TAG_RAW, NULL},
    {"tr", TAG_SHOWN | TAG_IMPLIED | TAG_LINE, NULL},
    {"tt", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"u", TAG_SHOWN | TAG_FORMATTING, NULL},
    {"ul", TAG_SHOWN | TAG_PARAGRAPH, NULL},
    {"var", TAG_SHOWN, NULL},
    {"wbr", TAG_SHOWN | TAG_VOID, NULL},
};

static int by_name(const void *key, const void *row) {
    struct text name = *(const struct text *)key;
    const char *other = ((const struct html_tag *)row)->name;
    size_t size = strlen(other);
    int order = memcmp(name.data, other, name.size < size ? name.size : size);
    return order ? order : (name.size > size) - (name.size < size);
}

const struct html_tag *html_tag_find(struct text name) {
    char lower[16];
    if (name.size == 0 || name.size > sizeof lower) return NULL;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    struct text key = text_from(lower, name.size);
    return bsearch(&key, tags, COUNT_OF(tags), sizeof tags[0], by_name);
}

const struct html_tag *html_tag_of(const GumboNode *node) {
    if (node->type != GUMBO_NODE_ELEMENT || node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) return NULL;
    return html_tag_find(text_of(gumbo_normalized_tagname(node->v.element.tag)));
}

struct text html_attribute(const GumboNode *node, const char *name) {
    const GumboAttribute *attribute = gumbo_get_attribute(&node->v.element.attributes, name);
    return attribute ? text_of(attribute->value) : (struct text){0};
}
