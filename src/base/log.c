#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static enum log_level threshold = LOG_INFO;
static const char *const level_names[] = {"error", "warning", "info", "debug"};

void log_level_set(enum log_level level) {
    threshold = level;
}

bool log_level_find(const char *word, enum log_level *ret_level) {
    for (size_t i = 0; i < COUNT_OF(level_names); i++)
        if (strcmp(word, level_names[i]) == 0) {
            *ret_level = (enum log_level)i;
            return true;
        }
    return false;
}

/* One write(2) per line, so that lines of different threads never mix. Line breaks inside become spaces. */
static void write_line(enum log_level level, const char *message) {
    char when[32], line[1400];
    time_format(clock_now(), when, sizeof when);
    int size = snprintf(line, sizeof line, "%s %s %s", when, level_names[level], message);
    if (size < 0) return;
    size_t length = (size_t)size < sizeof line - 1 ? (size_t)size : sizeof line - 2;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ') line[i] = ' ';
    line[length] = '\n';
    ssize_t written = write(STDERR_FILENO, line, length + 1);
    (void)written; /* nobody is left to tell */
}

void log_line(enum log_level level, const char *format, ...) {
    if (level > threshold) return;
    char message[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    write_line(level, message);
}

void log_error(const struct error *err, const char *format, ...) {
    char what[400], message[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    snprintf(message, sizeof message, "%s: %s (%s)", what, err->message, error_code_name(err->code));
    write_line(LOG_ERROR, message);
}
