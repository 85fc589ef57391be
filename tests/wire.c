#include "tests/wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int wire_dial(uint16_t port) {
    const struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void wire_say(int fd, const char *format, ...) {
    char out[8192];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(out, sizeof out, format, args);
    va_end(args);
    if (send(fd, out, (size_t)size, MSG_NOSIGNAL) != size) return;
}

bool wire_readable(int fd, int millis) {
    struct pollfd at = {.fd = fd, .events = POLLIN};
    return poll(&at, 1, millis) == 1;
}

const char *wire_hear(int fd) {
    static char in[65536];
    size_t size = 0;
    in[0] = '\0';
    while (size < sizeof in - 1 && wire_readable(fd, 3000)) {
        ssize_t got = recv(fd, in + size, sizeof in - 1 - size, 0);
        if (got <= 0) break;
        size += (size_t)got;
        in[size] = '\0';
        const char *end = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "Content-Length: ");
        if (end && length && size >= (size_t)(end - in) + 4 + strtoul(length + 16, NULL, 10)) break;
        if (end && (strstr(in, " 204 ") || strstr(in, " 304 ") || strstr(in, " 101 "))) break;
    }
    return in;
}

const char *wire_hear_all(int fd) {
    static char in[16384];
    size_t size = 0;
    while (size < sizeof in - 1 && wire_readable(fd, 3000)) {
        ssize_t got = recv(fd, in + size, sizeof in - 1 - size, 0);
        if (got <= 0) break;
        size += (size_t)got;
    }
    in[size] = '\0';
    return in;
}

bool wire_closes(int fd) {
    char byte;
    return wire_readable(fd, 3000) && recv(fd, &byte, 1, 0) <= 0;
}
