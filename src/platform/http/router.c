/* The routes as a tree of path segments: a literal segment is preferred to a parameter, and tried first. */
#include "platform/http/http_private.h"

#include <assert.h>

static const char *const methods[METHODS] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
enum { SEGMENTS = 12 };

struct node {
    struct text segment;
    struct node *children, *next; /* literal ones */
    struct node *parameter;
    const struct route *routes[METHODS];
    bool ends;                    /* some route ends here */
};

struct router {
    struct node root;
};

static int method_index(struct text method) {
    for (int i = 0; i < METHODS; i++)
        if (text_is(method, methods[i])) return i;
    return -1;
}

static struct node *node_child(struct arena *mem, struct node *node, struct text segment) {
    bool parameter = segment.size && segment.data[0] == '{';
    if (parameter && node->parameter) return node->parameter;
    for (struct node *child = node->children; child && !parameter; child = child->next)
        if (text_equal(child->segment, segment)) return child;
    struct node *child = arena_alloc(mem, sizeof *child);
    child->segment = segment;
    if (parameter) {
        node->parameter = child;
    } else {
        child->next = node->children;
        node->children = child;
    }
    return child;
}

static void router_add(struct router *router, struct arena *mem, const struct route *route) {
    struct text rest = text_skip(text_of(route->path), 1), segment;
    struct node *node = &router->root;
    while (rest.size && text_next(&rest, '/', &segment)) node = node_child(mem, node, segment);
    int method = method_index(text_of(route->method));
    assert(method >= 0);
    node->routes[method] = route;
    node->ends = true;
}

struct router *router_new(struct arena *mem, const struct route *routes, int count) {
    struct router *router = arena_alloc(mem, sizeof *router);
    for (int i = 0; i < count; i++) router_add(router, mem, &routes[i]);
    return router;
}

bool path_decode(struct arena *mem, struct text raw, struct text *ret_decoded, struct error *err) {
    if (raw.size == 0 || raw.data[0] != '/' || !percent_decode(mem, raw, false, ret_decoded))
        return error_set(err, ERR_MALFORMED, "the path is not UTF-8 in percent encoding");
    for (size_t i = 0; i < ret_decoded->size; i++)
        if ((unsigned char)ret_decoded->data[i] < ' ' || ret_decoded->data[i] == 127)
            return error_set(err, ERR_MALFORMED, "the path holds control characters");
    return true;
}

struct match {
    struct text segments[SEGMENTS];
    int count;
    struct text params[PATH_PARAMS];
};

static const struct node *node_find(const struct node *node, struct match *match, int at, int params) {
    if (at == match->count) return node->ends ? node : NULL;
    for (const struct node *child = node->children; child; child = child->next) {
        if (!text_equal(child->segment, match->segments[at])) continue;
        const struct node *found = node_find(child, match, at + 1, params);
        if (found) return found;
    }
    if (!node->parameter || params == PATH_PARAMS || text_empty(match->segments[at])) return NULL;
    const struct node *found = node_find(node->parameter, match, at + 1, params + 1);
    if (found) match->params[params] = match->segments[at];
    return found;
}

static bool split(struct arena *mem, struct text raw, struct match *match) {
    struct text rest = text_skip(raw, 1), segment;
    while (rest.size && text_next(&rest, '/', &segment)) {
        if (match->count == SEGMENTS || !percent_decode(mem, segment, false, &match->segments[match->count]))
            return false;
        match->count++;
    }
    return raw.size < 2 || raw.data[raw.size - 1] != '/';
}

static struct text allowed(const struct node *node, struct arena *mem) {
    struct buffer out = {.mem = mem};
    for (int i = 0; i < METHODS; i++) {
        bool known = node->routes[i] || i == METHODS - 1 || (i == 1 && node->routes[0]);
        if (known) buffer_printf(&out, "%s%s", out.size ? ", " : "", methods[i]);
    }
    return buffer_text(&out);
}

const struct route *router_find(const struct router *router, struct arena *mem, struct text method,
                                struct text raw_path, struct text params[PATH_PARAMS], struct text *ret_allow,
                                struct error *err) {
    struct match match = {0};
    const struct node *node = split(mem, raw_path, &match) ? node_find(&router->root, &match, 0, 0) : NULL;
    if (!node) {
        error_set(err, ERR_NOT_FOUND, "there is nothing at this path");
        return NULL;
    }
    int index = method_index(method);
    const struct route *route = index < 0 ? NULL : node->routes[index];
    if (!route && index == 1) route = node->routes[0];
    if (!route) {
        *ret_allow = allowed(node, mem);
        error_set(err, ERR_METHOD, "this path takes %s", ret_allow->data);
        return NULL;
    }
    for (int i = 0; i < PATH_PARAMS; i++) params[i] = match.params[i];
    return route;
}
