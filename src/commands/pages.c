#include "commands/commands.h"

#include "platform/http/assets.h"
#include "platform/http/http.h"

#include <stdlib.h>

/* Scripts and styles of our own only; blob: for pictures pasted into a draft, data: for those in sanitised letters. */
static const char page_policy[] = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https: http:; "
                                  "font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
                                  "form-action 'self'; frame-ancestors 'none'";

static const struct asset *find_asset(struct text path) {
    for (int i = 0; i < all_asset_count; i++)
        if (text_is(path, all_assets[i].path)) return &all_assets[i];
    return NULL;
}

/* A path of the application itself ("/tickets/7") is its one page; only names that look like files can be missing. */
static bool is_file_name(struct text path) {
    for (size_t i = path.size; i > 0 && path.data[i - 1] != '/'; i--)
        if (path.data[i - 1] == '.') return true;
    return false;
}

bool serve_page(struct request *request, struct text path, struct response *response, struct error *err) {
    const struct asset *asset = find_asset(path);
    bool is_api = text_starts(path, "/api/");
    bool is_open = text_starts(path, "/request/"); /* a page for everybody, or nothing */
    if (!asset && !is_api && !is_open && !is_file_name(path) && !text_starts(path, "/assets/")) asset = find_asset(text_of("/index.html"));
    if (!asset) return error_set(err, ERR_NOT_FOUND, "there is nothing here");
    response->content_policy = page_policy;
    response_asset(response, request, asset);
    return true;
}
