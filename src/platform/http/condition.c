/* If-Match: which versions of a thing its change was meant for. */
#include "platform/http/http_private.h"

enum { VERSIONS = 16 };

struct condition {
    bool any;                 /* '*' */
    int64_t versions[VERSIONS];
    int count;
    bool is_heeded;
};

static bool refuse(struct error *err) {
    error_set(err, ERR_MALFORMED, "If-Match can't be read");
    return error_field(err, "If-Match", "invalid", "is a version in quotes such as \"7\", several with commas between, or *");
}

/* Takes "7", W/"7" or 7 from the front of *rest. What is a tag, but no version of ours, names none. */
static bool take_tag(struct text *rest, int64_t *ret_version) {
    *ret_version = -1;
    bool weak = text_starts(*rest, "W/");
    if (weak) *rest = text_skip(*rest, 2);
    if (!text_starts(*rest, "\"")) {
        size_t end = 0;
        while (end < rest->size && rest->data[end] >= '0' && rest->data[end] <= '9') end++;
        bool ok = end > 0 && !weak && text_to_int(text_slice(*rest, 0, end), ret_version);
        *rest = text_skip(*rest, end);
        return ok;
    }
    size_t end = text_find_char(text_skip(*rest, 1), '"');
    if (end == SIZE_MAX) return false;
    if (!text_to_int(text_slice(*rest, 1, end), ret_version) || *ret_version < 1) *ret_version = -1;
    *rest = text_skip(*rest, end + 2);
    return true;
}

static bool read_tags(struct text value, struct condition *condition) {
    for (struct text rest = text_trim(value);;) {
        int64_t version;
        if (!take_tag(&rest, &version) || condition->count == VERSIONS) return false;
        condition->versions[condition->count++] = version;
        rest = text_trim(rest);
        if (rest.size == 0) return true;
        if (rest.data[0] != ',') return false;
        rest = text_trim(text_skip(rest, 1));
    }
}

static bool refuse_unsupported(const char *header, struct error *err) {
    error_set_key(err, ERR_MALFORMED, "precondition_unsupported", "%s can't be heeded here", header);
    return error_field(err, header, "precondition_unsupported", "is not heeded by this operation: send the request without it");
}

bool condition_read(struct request *request, struct error *err) {
    struct text value = request_header(request, "If-Match");
    if (!request->route || text_is(request->method, "GET") || text_is(request->method, "HEAD")) return true;
    if (request_header(request, "If-None-Match").data) return refuse_unsupported("If-None-Match", err);
    if (!value.data) return true;
    if (!(request->route->flags & ROUTE_VERSIONED)) return refuse_unsupported("If-Match", err);
    struct condition *condition = arena_alloc(request->mem, sizeof *condition);
    *condition = (struct condition){.any = text_is(text_trim(value), "*")};
    request->condition = condition;
    return condition->any || read_tags(value, condition) || refuse(err);
}

int64_t request_version(const struct request *request, int64_t present) {
    struct condition *condition = request->condition;
    if (!condition) return 0;
    condition->is_heeded = true;
    if (condition->any) return 0;
    for (int i = 0; i < condition->count; i++)
        if (condition->versions[i] == present) return present;
    return condition->versions[0] > 0 ? condition->versions[0] : -1;
}

bool request_is_stale(const struct request *request, int64_t present) {
    int64_t version = request_version(request, present);
    return version && version != present;
}

bool condition_heeded(const struct request *request, struct error *err) {
    if (!request->condition || request->condition->is_heeded) return true;
    return error_set(err, ERR_INTERNAL, "%s is described as versioned and has not asked for the version", request->route->operation);
}
