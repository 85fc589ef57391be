/* One file: sent into the cage, and what comes out understood. */
#include "modules/texts/texts_private.h"
#include "platform/cage/cage.h"
#include "platform/files/files.h"

#include <unistd.h>

static bool has_words(struct text text) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) return true;
    }
    return false;
}

static struct reading_result refused(const char *reason) {
    return (struct reading_result){.state = "refused", .reason = reason, .is_attempt = true};
}

static struct reading_result result_of_text(struct arena *mem, struct text output) {
    struct text text = text_cut(text_make_utf8(mem, output), TEXT_MOST);
    return (struct reading_result){.state = has_words(text) ? "indexed" : "nothing", .text = has_words(text) ? text : text_of(""), .is_attempt = true};
}

/* A PDF that wants a password says so only in words. */
static struct reading_result result_of_code(struct arena *mem, const struct cage_answer *answer) {
    switch (answer->code) {
    case READ_DONE: return result_of_text(mem, answer->output);
    case READ_LOCKED: return refused("locked");
    case READ_FORBIDDEN: return refused("locked");
    case READ_TOO_LARGE: return refused("too_large");
    case READ_NO_PROGRAM: return (struct reading_result){.reason = NO_PROGRAM};
    case READ_NO_CAGE: return (struct reading_result){.reason = "no_cage", .is_attempt = true};
    default: return refused(text_find_nocase(answer->complaint, text_of("incorrect password")) != SIZE_MAX ? "locked" : "damaged");
    }
}

static struct reading_result result_of(struct arena *mem, const struct cage_answer *answer) {
    switch (answer->end) {
    case CAGE_ENDED: return result_of_code(mem, answer);
    case CAGE_FULL: return result_of_text(mem, answer->output);
    case CAGE_EXHAUSTED: return refused("too_slow");
    case CAGE_KILLED: return refused("damaged");
    case CAGE_LATE: return (struct reading_result){.reason = "too_slow", .is_attempt = true};
    default: return (struct reading_result){.reason = NULL};
    }
}

bool reading_do(const struct reading_order *order, struct arena *mem, struct text hash, const char *kind, struct reading_result *ret,
                struct error *err) {
    const char *const words[] = {kind, order->pdftotext, NULL};
    struct cage_order cage = {.command = "read-file", .words = words, .seconds = order->seconds, .limit = TEXT_MOST, .stopping = order->stopping};
    struct cage_answer answer;
    int64_t size;
    if (strcmp(kind, "pdf") == 0 && access(order->pdftotext, X_OK) != 0) {
        *ret = (struct reading_result){.reason = NO_PROGRAM};
        return true;
    }
    if (!file_open(order->files, hash, &cage.file, &size, err)) {
        bool is_lost = err->code == ERR_NOT_FOUND;
        if (is_lost) *err = (struct error){0}, *ret = refused("lost");
        return is_lost;
    }
    bool ok = cage_run(&cage, mem, &answer, err);
    close(cage.file);
    if (ok) *ret = result_of(mem, &answer);
    return ok;
}
