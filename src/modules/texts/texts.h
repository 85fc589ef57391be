/* texts.h - what stands in attached files, read for the search.
 *
 * A thread goes through the messages in the order of their ids, notes which of their files may hold words, and has each read by a process of
 * its own that is shut in (platform/cage). How far it has come and what each file has become is in the database: any number of
 * processes may read, and after a crash the reading goes on. What the words mean for the search is the tickets' (modules/tickets). */
#ifndef THEKE_MODULES_TEXTS_TEXTS_H
#define THEKE_MODULES_TEXTS_TEXTS_H

#include "platform/store/store.h"

struct files;
struct text_reader;

struct texts_options {
    struct store *store;
    struct files *files;
    const char *pdftotext; /* the program of poppler-utils; below /usr */
    int seconds;           /* of processor time for one file */
};

MUST_USE bool texts_start(const struct texts_options *options, struct text_reader **ret, struct error *err);

/* Ends the process that is just reading; its file is read later. Accepts NULL. */
void texts_stop(struct text_reader *reader);

/* Lines in Prometheus' form. */
MUST_USE bool texts_metrics(const struct text_reader *reader, struct tx *tx, struct buffer *out, struct error *err);

/* Whether PDF can be read here. */
bool texts_reads_pdf(const struct text_reader *reader);

/* The command "read-file SECONDS KEEPER KIND PDFTOTEXT" of the process that reads; its exit code is an enum read_end. */
int texts_read_inside(int count, char **arguments);

#endif
