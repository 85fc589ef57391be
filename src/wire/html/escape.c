#include "wire/html/html_private.h"

static const char *entity(char c) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '`': return "&#96;";
    case '\r': return "\n";
    default: return (unsigned char)c < ' ' && c != '\t' && c != '\n' ? "" : c == 0x7F ? "" : NULL;
    }
}

void html_escape_to(struct buffer *out, struct text t) {
    size_t from = 0;
    for (size_t i = 0; i < t.size; i++) {
        const char *other = entity(t.data[i]);
        if (!other) continue;
        buffer_add(out, t.data + from, i - from);
        buffer_add_string(out, other);
        from = i + 1;
    }
    buffer_add(out, t.data ? t.data + from : "", t.size - from);
}

struct text html_escape(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    html_escape_to(&out, t);
    return buffer_text(&out);
}
