/* Every limit that an installation may set: limits.NAME, 0 for none. */
#include "commands/limits.h"

/* What "none" means where something has to be counted after all. */
static const int64_t MOST_CONNECTIONS = 1000000, MOST_THREADS = 1000;

struct limit {
    const char *name;
    int64_t usual, none; /* none: the value that stands for no limit */
    size_t offset;
};

static const struct limit known[] = {
    {"limits.requests_per_minute", 6000, 0, offsetof(struct limits, requests_per_minute)},
    {"limits.connections", 20000, MOST_CONNECTIONS, offsetof(struct limits, connections)},
    {"limits.connections_per_address", 4000, MOST_CONNECTIONS, offsetof(struct limits, connections_per_address)},
    {"limits.upload_bytes", 50 << 20, INT64_MAX / 4, offsetof(struct limits, upload_bytes)},
    {"limits.buffered_bytes", 256 << 20, INT64_MAX / 4, offsetof(struct limits, buffered_bytes)},
    {"limits.buffered_bytes_per_address", 64 << 20, INT64_MAX / 4, offsetof(struct limits, buffered_bytes_per_address)},
    {"limits.spooled_bytes", INT64_C(2) << 30, INT64_MAX / 4, offsetof(struct limits, spooled_bytes)},
    {"limits.spooled_bytes_per_address", 512 << 20, INT64_MAX / 4, offsetof(struct limits, spooled_bytes_per_address)},
    {"limits.sign_in_failures", 5, 0, offsetof(struct limits, sign_in_failures)},
    {"limits.sign_in_failures_per_address", 30, 0, offsetof(struct limits, sign_in_failures_per_address)},
    {"limits.mail_bytes", 50 << 20, INT32_MAX, offsetof(struct limits, mail_bytes)},
    {"limits.lmtp_connections", 100, MOST_THREADS, offsetof(struct limits, lmtp_connections)},
    {"limits.auto_replies_per_hour", 500, 0, offsetof(struct limits, auto_replies_per_hour)},
    {"limits.form_requests_per_hour", 500, 0, offsetof(struct limits, form_requests_per_hour)},
    {"limits.all_form_requests_per_hour", 2000, 0, offsetof(struct limits, all_form_requests_per_hour)},
};

bool limits_read(const struct config *config, struct limits *ret_limits, struct error *err) {
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        int64_t highest = known[i].none ? known[i].none : INT32_MAX, value;
        if (!config_number(config, known[i].name, known[i].usual, 0, highest, &value, err)) return false;
        *(int64_t *)(void *)((char *)ret_limits + known[i].offset) = value ? value : known[i].none;
    }
    return true;
}
