/* web.h - pages for everybody. */
#ifndef THEKE_CHANNELS_WEB_WEB_H
#define THEKE_CHANNELS_WEB_WEB_H

#include "platform/http/http.h"

/* What a visitor reads when a page for everybody is refused before its handler, or fails; fits server_options.failure_page. */
bool web_failure_page(struct request *request, struct text target, const struct error *err, struct response *response);

#endif
