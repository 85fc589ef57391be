#include "platform/files/files.h"

#include <magic.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_key_t cookie_key;
static pthread_once_t cookie_once = PTHREAD_ONCE_INIT;

static void cookie_free(void *cookie) {
    magic_close(cookie);
}

static void cookie_key_make(void) {
    if (pthread_key_create(&cookie_key, cookie_free) != 0) abort();
}

/* libmagic's cookies must not be shared between threads; each loads the database once. */
static magic_t cookie_of_thread(void) {
    pthread_once(&cookie_once, cookie_key_make);
    magic_t cookie = pthread_getspecific(cookie_key);
    if (cookie) return cookie;
    cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
    if (cookie && magic_load(cookie, NULL) != 0) {
        magic_close(cookie);
        cookie = NULL;
    }
    if (cookie) pthread_setspecific(cookie_key, cookie);
    return cookie;
}

static bool looks_like_type(const char *type) {
    return type && strchr(type, '/') && !strpbrk(type, " ;\r\n\"") && strcmp(type, "inode/x-empty") != 0;
}

void file_type_of(struct text bytes, char *out, size_t size) {
    magic_t cookie = cookie_of_thread();
    const char *type = cookie && bytes.size ? magic_buffer(cookie, bytes.data, bytes.size) : NULL;
    snprintf(out, size, "%s", looks_like_type(type) ? type : "application/octet-stream");
}

static const char *const shown[] = {"image/png",  "image/jpeg", "image/gif",
                                    "image/webp", "text/plain", "application/pdf"};

bool file_may_show(struct text media_type) {
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        if (text_is_nocase(media_type, shown[i])) return true;
    return false;
}

const char *const file_content_policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'self'";
