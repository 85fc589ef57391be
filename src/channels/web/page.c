/* The frame of every page for everybody: made here, styled by the application's own sheet, whole without script. */
#include "channels/web/web_private.h"

#include "platform/http/assets.h"
#include "sql/channels_web.h"
#include "wire/html/html.h"

#include <jansson.h>

static const struct {
    const char *code, *name;
} languages[] = {{"de", "Deutsch"}, {"en", "English"}, {"hu", "Magyar"}};

static struct text query_value(const struct request *request, const char *name) {
    for (size_t i = 0; i < request->query_pair_count; i++)
        if (text_is(request->query_pairs[i].name, name)) return request->query_pairs[i].value;
    return (struct text){0};
}

struct text page_language(const struct request *request) {
    struct text wished = query_value(request, "lang");
    for (size_t i = 0; i < COUNT_OF(languages); i++)
        if (text_is(wished, languages[i].code)) return text_of(languages[i].code);
    return request->language;
}

const char *page_word(const struct page *page, const char *key) {
    const char *words = words_for(key, page->language);
    return words ? words : key;
}

void page_put(struct page *page, const char *html) {
    buffer_add_string(page->out, html);
}

void page_text(struct page *page, struct text t) {
    html_escape_to(page->out, t);
}

struct text page_query(const struct page *page) {
    return text_printf(page->request->mem, "?lang=%.*s%s", (int)page->language.size, page->language.data, page->is_framed ? "&embed=1" : "");
}

/* Built names carry a hash of the content. */
static const struct asset *asset_like(const char *begin, const char *end) {
    for (int i = 0; i < all_asset_count; i++)
        if (text_starts(text_of(all_assets[i].path), begin) && text_ends(text_of(all_assets[i].path), end)) return &all_assets[i];
    return NULL;
}

#define POLICY "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " \
               "form-action 'self'; base-uri 'none'"

/* Nobody may frame a page unless its topic names them. */
static const char *policy_of(const struct page *page) {
    struct buffer out = {.mem = page->request->mem};
    buffer_add_string(&out, POLICY "; frame-ancestors");
    const struct request_form *topic = page->topic;
    if (!topic || !topic->origin_count) buffer_add_string(&out, " 'none'");
    for (size_t i = 0; topic && i < topic->origin_count; i++) buffer_printf(&out, " %.*s", (int)topic->origins[i].size, topic->origins[i].data);
    return buffer_text(&out).data;
}

/* house: no text on a bare page, which has no script either. */
static void put_head(struct page *page, const char *title, struct text house) {
    const struct asset *sheet = asset_like("/assets/style-", ".css"), *script = house.size ? asset_like("/assets/request-", ".js") : NULL;
    buffer_printf(page->out, "<!doctype html>\n<html lang=\"%.*s\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
                             "initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>", (int)page->language.size, page->language.data);
    page_text(page, text_of(title));
    if (house.size) page_put(page, " · ");
    page_text(page, house);
    page_put(page, "</title>");
    if (sheet) buffer_printf(page->out, "<link rel=\"stylesheet\" href=\"%s\">", sheet->path);
    if (script) buffer_printf(page->out, "<script type=\"module\" src=\"%s\"></script>", script->path);
    buffer_printf(page->out, "</head>\n<body class=\"open-page%s\">\n", page->is_framed ? " framed" : "");
}

/* The page itself in another language; what is filled in so far stays on the one before. */
static void put_languages(struct page *page) {
    struct text path = page->request->path;
    if (text_ends(path, "/fields")) path.size -= strlen("/fields");
    struct text address = html_escape(page->request->mem, path);
    page_put(page, "<nav aria-label=\"");
    page_text(page, text_of(page_word(page, "request_language")));
    page_put(page, "\">");
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        const char *code = languages[i].code;
        buffer_printf(page->out, "<a href=\"%.*s?lang=%s%s\" hreflang=\"%s\" lang=\"%s\"%s>%s</a>", (int)address.size, address.data, code,
                      page->is_framed ? "&amp;embed=1" : "", code, code, text_is(page->language, code) ? " aria-current=\"true\"" : "", languages[i].name);
    }
    page_put(page, "</nav>");
}

static struct text house_name(struct arena *mem, const struct sql_web_house_row *house) {
    json_auto_t *name = house && house->name.data ? json_loadb(house->name.data, house->name.size, JSON_DECODE_ANY, NULL) : NULL;
    const char *words = json_string_value(name);
    return words && words[0] ? text_copy(mem, text_of(words)) : text_of("Theke");
}

static void put_title(struct page *page, const char *words) {
    page_put(page, "<main id=\"main\">\n<h1>");
    page_text(page, text_of(words));
    page_put(page, "</h1>\n");
}

static struct page page_of(struct request *request, struct response *response, const struct request_form *topic) {
    response->content_type = "text/html; charset=utf-8";
    return (struct page){.request = request, .response = response, .out = &response->body, .topic = topic, .language = page_language(request),
                         .is_framed = text_is(query_value(request, "embed"), "1")};
}

/* Who may frame it is known to its topic alone; there is nothing in it that could be misused. */
void page_begin_bare(struct page *page, struct request *request, struct response *response, const char *title) {
    *page = page_of(request, response, NULL);
    response->content_policy = page->is_framed ? POLICY "; frame-ancestors *" : POLICY "; frame-ancestors 'none'";
    put_head(page, page_word(page, title), (struct text){0});
    put_title(page, page_word(page, title));
}

bool page_begin(struct page *page, struct request *request, struct response *response, const struct request_form *topic, const char *title,
                struct error *err) {
    const struct sql_web_house_row *house;
    *page = page_of(request, response, topic);
    if (!sql_web_house(request->tx, request->mem, &house, err)) return false;
    struct text name = house_name(request->mem, house);
    const char *words = words_for(title, page->language);
    response->content_policy = policy_of(page);
    put_head(page, words ? words : title, name);
    if (!page->is_framed) {
        page_put(page, "<header><a class=\"house\" href=\"/request");
        page_text(page, page_query(page));
        page_put(page, "\">");
        page_text(page, name);
        page_put(page, "</a>");
        put_languages(page);
        page_put(page, "</header>\n");
    }
    put_title(page, words ? words : title);
    return true;
}

void page_end(struct page *page) {
    page_put(page, "</main>\n</body>\n</html>\n");
}

bool page_notice(struct request *request, struct response *response, int status, const struct request_form *topic, const char *title, const char *words,
                 struct error *err) {
    struct page page;
    if (!page_begin(&page, request, response, topic, title, err)) return false;
    response->status = status;
    page_put(&page, "<p>");
    page_text(&page, text_of(page_word(&page, words)));
    page_put(&page, "</p>\n");
    page_end(&page);
    return true;
}
