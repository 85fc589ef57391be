/* wire.h - the other end of a socket, for tests of servers. */
#ifndef THEKE_TESTS_WIRE_H
#define THEKE_TESTS_WIRE_H

#include <stdbool.h>
#include <stdint.h>

/* A connection to a port of this machine; -1 when nobody takes it. */
int wire_dial(uint16_t port);

void wire_say(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool wire_readable(int fd, int millis);

/* Reads until the answer is complete by its Content-Length, the other side closes, or nothing comes. The text lives until the
 * next call. */
const char *wire_hear(int fd);

/* Everything until the other side closes. */
const char *wire_hear_all(int fd);

/* Whether the other side closes within three seconds, without another byte. */
bool wire_closes(int fd);

#endif
