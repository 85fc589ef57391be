/* application.h - what one running Theke consists of; handlers find it as request->application. */
#ifndef THEKE_PLATFORM_APPLICATION_APPLICATION_H
#define THEKE_PLATFORM_APPLICATION_APPLICATION_H

#include "base/secret.h"
#include "platform/store/store.h"

struct files;
struct hub;
struct server;
struct email;

struct application {
    struct store *store;
    struct secret secret;
    const char *data;        /* the data folder */
    const char *base_url;    /* "https://help.example.org", without a slash at the end */
    struct files *files;
    struct hub *hub;
    struct server *server;
    struct email *email;
    int64_t started_at;
};

#endif
