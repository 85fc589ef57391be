/* assets.h - the built web application, embedded by the generator. */
#ifndef THEKE_PLATFORM_HTTP_ASSETS_H
#define THEKE_PLATFORM_HTTP_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path;       /* "/assets/index-4f3a.js" */
    const char *media_type;
    const char *etag;       /* in quotes */
    const char *data;
    size_t size;
    const char *gzip;
    size_t gzip_size;       /* 0: only as it is */
};

extern const struct asset all_assets[]; /* in path order */
extern const int all_asset_count;

#endif
