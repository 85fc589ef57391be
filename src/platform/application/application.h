/* application.h - what one running Theke consists of; handlers find it as request->application. */
#ifndef THEKE_PLATFORM_APPLICATION_APPLICATION_H
#define THEKE_PLATFORM_APPLICATION_APPLICATION_H

#include "base/secret.h"
#include "platform/store/store.h"

struct files;
struct hub;
struct server;
struct email;
struct webhooks;
struct text_reader;
struct json_writer;
struct buffer;
struct operation_kind;
struct request;

struct application {
    struct store *store;
    struct secret secret;
    const char *data;        /* the data folder */
    const char *base_url;    /* "https://help.example.org", without a slash at the end */
    struct files *files;
    struct hub *hub;
    struct server *server;
    struct email *email;
    /* How mail fares, one JSON object and lines in Prometheus' form: the channels lie above whoever answers. NULL: no mail. */
    bool (*mail_ready)(struct tx *tx, struct json_writer *json, struct error *err);
    bool (*mail_metrics)(struct tx *tx, struct buffer *out, struct error *err);
    struct webhooks *webhooks;  /* always there while requests are answered */
    /* The same of webhooks. */
    bool (*webhook_metrics)(struct tx *tx, struct buffer *out, struct error *err);
    struct text_reader *texts;  /* always there while requests are answered */
    /* Somebody has opened a ticket: whoever tells of tickets lies above them. NULL: nobody does. */
    bool (*ticket_seen)(struct request *request, ticket_id ticket, struct error *err);
    /* What can be taken back: the modules' kinds, ended by NULL. */
    const struct operation_kind *const *operation_kinds;
    int64_t started_at;
    int64_t auto_replies_per_hour; /* of one mailbox; 0: no limit */
    int64_t form_requests_per_hour, all_form_requests_per_hour; /* pages for everybody: of one form, and together; 0: no limit */
    int64_t sign_in_failures, sign_in_failures_per_address; /* free ones before a lock; 0: never a lock */
};

#endif
