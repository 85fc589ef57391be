#include "platform/http/http_private.h"

static const int statuses[] = {
    [ERR_NONE] = 200, [ERR_INVALID] = 422, [ERR_MALFORMED] = 400, [ERR_UNAUTHENTICATED] = 401, [ERR_FORBIDDEN] = 403,
    [ERR_NOT_FOUND] = 404, [ERR_METHOD] = 405, [ERR_CONFLICT] = 409, [ERR_STALE] = 412, [ERR_TOO_LARGE] = 413,
    [ERR_MEDIA_TYPE] = 415, [ERR_RATE] = 429, [ERR_BUSY] = 503, [ERR_DEADLINE] = 503,
    [ERR_NO_ROOM] = 507, [ERR_IO] = 500,
    [ERR_STORE] = 500, [ERR_REMOTE] = 502, [ERR_INTERNAL] = 500,
};

int problem_status(enum error_code code) {
    return (size_t)code < COUNT_OF(statuses) ? statuses[code] : 500;
}

/* Messages of our own failures may tell of paths and statements: they go to the log only. */
static const char *detail_of(const struct error *err, struct text language) {
    const char *words = err->key[0] ? words_for(err->key, language) : NULL;
    if (words) return words;
    return problem_status(err->code) < 500 && err->message[0] ? err->message : NULL;
}

static void fields_write(struct json_writer *json, const struct error *err, struct text language) {
    json_key(json, "errors");
    json_array_begin(json);
    for (size_t i = 0; i < err->field_count; i++) {
        const struct error_field *field = &err->fields[i];
        const char *words = words_for(field->code, language);
        json_object_begin(json);
        json_put_string(json, "field", field->field);
        json_put_string(json, "code", field->code);
        json_put_string(json, "message", words ? words : field->message);
        if (words && field->message[0]) json_put_string(json, "detail", field->message);
        if (field->position) {
            json_put_int(json, "position", (int64_t)field->position);
            json_put_int(json, "length", (int64_t)field->length);
        }
        if (field->suggestion[0]) json_put_string(json, "suggestion", field->suggestion);
        json_object_end(json);
    }
    json_array_end(json);
}

void problem_write(struct buffer *out, const struct error *err, struct text language, const char *request_id) {
    struct json_writer json = json_writer(out);
    char key[48];
    snprintf(key, sizeof key, "error_%s", error_code_name(err->code));
    const char *title = words_for(key, language);
    const char *detail = detail_of(err, language);
    json_object_begin(&json);
    json_put_string(&json, "type", "about:blank");
    json_put_string(&json, "title", title ? title : error_code_name(err->code));
    json_put_int(&json, "status", problem_status(err->code));
    json_put_string(&json, "code", err->key[0] ? err->key : error_code_name(err->code));
    if (detail) json_put_string(&json, "detail", detail);
    if (err->field_count) fields_write(&json, err, language);
    if (err->see[0]) json_put_string(&json, "see", err->see);
    if (request_id) json_put_string(&json, "request_id", request_id);
    json_object_end(&json);
}
