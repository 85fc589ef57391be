#include "modules/texts/texts_private.h"

static const struct {
    const char *beginning, *kind;
} types[] = {
    {"application/pdf", "pdf"},
    {"application/vnd.openxmlformats-officedocument.", "office"},
    {"application/vnd.oasis.opendocument.", "office"},
    {"application/xhtml+xml", "html"},
    {"text/html", "html"},
    {"application/json", "plain"},
    {"application/csv", "plain"},
    {"text/calendar", NULL},
    {"text/", "plain"},
};

static const char *const office_names[] = {".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"};

/* An office file that libmagic knows no better: a container, or one with a password. */
static bool is_container(struct text media_type) {
    static const char *const containers[] = {"application/zip", "application/octet-stream", "application/encrypted", "application/CDFV2",
                                             "application/x-ole-storage"};
    for (size_t i = 0; i < COUNT_OF(containers); i++)
        if (text_is_nocase(media_type, containers[i])) return true;
    return false;
}

const char *reading_kind(struct text media_type, struct text name) {
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_starts_nocase(media_type, types[i].beginning)) return types[i].kind;
    for (size_t i = 0; is_container(media_type) && i < COUNT_OF(office_names); i++) {
        size_t size = strlen(office_names[i]);
        if (name.size > size && text_is_nocase(text_skip(name, name.size - size), office_names[i])) return "office";
    }
    return NULL;
}
