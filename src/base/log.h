/* log.h - one line per happening on stderr: time, level, what, key=value. Never a secret, never a body. */
#ifndef THEKE_BASE_LOG_H
#define THEKE_BASE_LOG_H

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_level_set(enum log_level level);

/* "info" and the like; false for another word. */
bool log_level_find(const char *word, enum log_level *ret_level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An error at the place where it stops. */
void log_error(const struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
