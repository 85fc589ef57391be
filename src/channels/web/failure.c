/* What visitors read when a page is refused before its handler sees it, or fails: no database, no script. */
#include "channels/web/web.h"
#include "channels/web/web_private.h"

enum { LONG_WAIT = 90 };

static const struct {
    enum error_code code;
    const char *title, *words;
} failures[] = {
    {ERR_NOT_FOUND, "request_gone_title", "request_gone"},
    {ERR_METHOD, "request_method_title", "request_method"},
    {ERR_TOO_LARGE, "request_size_title", "request_size"},
    {ERR_RATE, "request_rate_title", "request_rate"},
    {ERR_BUSY, "request_busy_title", "request_busy"},
    {ERR_DEADLINE, "request_busy_title", "request_busy"},
};

/* Pages for everybody, and what only begins like them. */
static bool is_page(struct text target) {
    struct text rest = text_skip(target, strlen("/request"));
    return text_starts(target, "/request") && (!rest.size || rest.data[0] == '/' || rest.data[0] == '?');
}

static const char *title_of(const struct error *err, const char **ret_words) {
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        if (failures[i].code != err->code) continue;
        *ret_words = failures[i].words;
        return failures[i].title;
    }
    bool is_ours = problem_status(err->code) >= 500;
    *ret_words = is_ours ? "request_failed" : "request_unreadable";
    return is_ours ? "request_failed_title" : "request_unreadable_title";
}

static void put_paragraph(struct page *page, const char *key) {
    page_put(page, "<p>");
    page_text(page, text_of(page_word(page, key)));
    page_put(page, "</p>\n");
}

static void put_wait(struct page *page, int64_t seconds) {
    if (seconds <= LONG_WAIT) return;
    page_put(page, "<p>");
    page_text(page, text_printf(page->request->mem, page_word(page, "request_wait"), (int)((seconds + 59) / 60)));
    page_put(page, "</p>\n");
}

bool web_failure_page(struct request *request, struct text target, const struct error *err, struct response *response) {
    struct page page;
    const char *words, *title = title_of(err, &words);
    if (!is_page(target)) return false;
    page_begin_bare(&page, request, response, title);
    put_paragraph(&page, words);
    put_wait(&page, err->retry_after);
    if (text_is(request->method, "POST")) put_paragraph(&page, "request_back");
    if (!page.is_framed) {
        page_put(&page, "<p><a href=\"/request");
        page_text(&page, page_query(&page));
        page_put(&page, "\">");
        page_text(&page, text_of(page_word(&page, "request_all")));
        page_put(&page, "</a></p>\n");
    }
    page_end(&page);
    return true;
}
