#include "wire/html/html_private.h"

/* All memory of the tree lives in the arena, so there is nothing to destroy node by node. */
static void *tree_alloc(void *arena, size_t size) {
    return arena_alloc(arena, size);
}

static void tree_free(void *arena, void *memory) {
    (void)arena;
    (void)memory;
}

const GumboNode *html_tree(struct arena *scratch, struct text html) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = tree_alloc;
    options.deallocator = tree_free;
    options.userdata = scratch;
    options.max_errors = 0;
    options.fragment_context = GUMBO_TAG_BODY;
    struct text filtered = html_filter(scratch, html);
    return gumbo_parse_with_options(&options, filtered.data, filtered.size)->root;
}
