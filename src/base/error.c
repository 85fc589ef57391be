#define ERROR_DEFINES
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_message(struct error *err, enum error_code code, const char *format, va_list args) {
    *err = (struct error){.code = code};
    vsnprintf(err->message, sizeof err->message, format, args);
}

bool error_set(struct error *err, enum error_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set_message(err, code, format, args);
    va_end(args);
    return false;
}

bool error_set_key(struct error *err, enum error_code code, const char *key, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set_message(err, code, format, args);
    va_end(args);
    snprintf(err->key, sizeof err->key, "%s", key);
    return false;
}

bool error_context(struct error *err, const char *format, ...) {
    char inner[sizeof err->message];
    memcpy(inner, err->message, sizeof inner);
    va_list args;
    va_start(args, format);
    int size = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (size >= 0 && (size_t)size < sizeof err->message)
        snprintf(err->message + size, sizeof err->message - (size_t)size, ": %s", inner);
    return false;
}

bool error_field(struct error *err, const char *field, const char *code, const char *format, ...) {
    if (err->code != ERR_INVALID && err->code != ERR_MALFORMED) error_set(err, ERR_INVALID, "the request has invalid fields");
    if (err->field_count == ERROR_FIELDS) return false;
    struct error_field *added = &err->fields[err->field_count++];
    *added = (struct error_field){0};
    snprintf(added->field, sizeof added->field, "%s", field);
    snprintf(added->code, sizeof added->code, "%s", code);
    va_list args;
    va_start(args, format);
    vsnprintf(added->message, sizeof added->message, format, args);
    va_end(args);
    return false;
}

bool error_errno(struct error *err, const char *format, ...) {
    int number = errno;
    char reason[128];
    const char *words = strerror_r(number, reason, sizeof reason);
    va_list args;
    va_start(args, format);
    set_message(err, number == ENOSPC || number == EDQUOT || number == EROFS ? ERR_NO_ROOM : ERR_IO, format, args);
    va_end(args);
    size_t size = strlen(err->message);
    snprintf(err->message + size, sizeof err->message - size, ": %s", words);
    return false;
}

const char *error_code_name(enum error_code code) {
    static const char *const names[] = {
        [ERR_NONE] = "none", [ERR_INVALID] = "invalid", [ERR_MALFORMED] = "malformed",
        [ERR_UNAUTHENTICATED] = "unauthenticated", [ERR_FORBIDDEN] = "forbidden", [ERR_NOT_FOUND] = "not_found",
        [ERR_METHOD] = "method_not_allowed", [ERR_CONFLICT] = "conflict", [ERR_STALE] = "stale",
        [ERR_TOO_LARGE] = "too_large", [ERR_MEDIA_TYPE] = "media_type", [ERR_RATE] = "rate_limited",
        [ERR_BUSY] = "busy", [ERR_DEADLINE] = "deadline", [ERR_NO_ROOM] = "no_room",
        [ERR_IO] = "io", [ERR_STORE] = "store",
        [ERR_REMOTE] = "remote", [ERR_INTERNAL] = "internal",
    };
    return names[code];
}
