/* Inside the cage: one file, from standard input to standard output. */
#include "modules/texts/texts_private.h"
#include "platform/cage/cage.h"
#include "wire/html/html.h"
#include "wire/office/office.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, PLAIN_MOST = 4 * TEXT_MOST, HTML_MOST = 4 << 20 };

static struct text read_input(struct arena *mem, size_t limit) {
    struct buffer in = {.mem = mem, .limit = limit};
    char piece[PIECE];
    while (in.size < limit) {
        ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        buffer_add(&in, piece, (size_t)got < limit - in.size ? (size_t)got : limit - in.size);
    }
    return buffer_text(&in);
}

static bool write_output(struct text text) {
    while (text.size) {
        ssize_t put = write(STDOUT_FILENO, text.data, text.size);
        if (put < 0 && errno != EINTR) return false;
        if (put > 0) text = text_skip(text, (size_t)put);
    }
    return true;
}

/* The program reads its standard input as "-", and the shut doors stay shut behind it. */
static int become(const char *program) {
    char *const arguments[] = {(char *)"pdftotext", (char *)"-enc", (char *)"UTF-8", (char *)"-nopgbrk", (char *)"-", (char *)"-", NULL};
    char *const environment[] = {(char *)"LC_ALL=C.UTF-8", NULL};
    execve(program, arguments, environment);
    return READ_NO_PROGRAM;
}

/* An office file with a password is no container of parts, but an OLE compound file around an encrypted one. */
static int read_office(struct arena *mem) {
    struct text bytes = read_input(mem, FILE_MOST), text;
    if (text_starts(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return READ_LOCKED;
    enum office_end end = office_text(mem, bytes, TEXT_MOST, &text);
    if (end == OFFICE_LOCKED) return READ_LOCKED;
    if (end == OFFICE_TOO_LARGE) return READ_TOO_LARGE;
    return end == OFFICE_READ && write_output(text) ? READ_DONE : READ_DAMAGED;
}

static int read_kind(struct arena *mem, const char *kind, const char *pdftotext) {
    if (strcmp(kind, "pdf") == 0) return become(pdftotext);
    if (strcmp(kind, "office") == 0) return read_office(mem);
    struct text plain = plain_text(mem, text_cut(read_input(mem, strcmp(kind, "html") == 0 ? HTML_MOST : PLAIN_MOST), HTML_MOST), HTML_MOST);
    if (strcmp(kind, "html") == 0) plain = html_to_text(mem, plain);
    return write_output(text_cut(plain, TEXT_MOST)) ? READ_DONE : READ_DAMAGED;
}

int texts_read_inside(int count, char **arguments) {
    int64_t seconds, keeper;
    SCOPED(arena_free) struct arena mem = {0};
    if (count != 4 || !text_to_int(text_of(arguments[0]), &seconds) || !text_to_int(text_of(arguments[1]), &keeper)) return READ_NO_CAGE;
    if (!cage_shut((int)seconds, (pid_t)keeper)) return READ_NO_CAGE;
    return read_kind(&mem, arguments[2], arguments[3]);
}
