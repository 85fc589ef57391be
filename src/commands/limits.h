/* limits.h - what an installation allows strangers and staff; docs/operations.md names each. */
#ifndef THEKE_COMMANDS_LIMITS_H
#define THEKE_COMMANDS_LIMITS_H

#include "base/config.h"

struct limits {
    int64_t requests_per_minute, connections, connections_per_address, upload_bytes, buffered_bytes,
        buffered_bytes_per_address, spooled_bytes, spooled_bytes_per_address, sign_in_failures, sign_in_failures_per_address,
        mail_bytes, lmtp_connections, auto_replies_per_hour, form_requests_per_hour, all_form_requests_per_hour;
};

MUST_USE bool limits_read(const struct config *config, struct limits *ret_limits, struct error *err);

#endif
