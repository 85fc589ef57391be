/* files.h - attachments by their content, and raw mail as received.
 *
 * A file's name is its SHA-256, so the same attachment is kept once: DIR/files/ab/cdef... Files are written beside,
 * synced, then renamed, and the folder synced, before the row that names them is written; a crash leaves at most a
 * file that no row names, which files_clean removes. Large raw mail is kept the same way, compressed, as
 * DIR/mail/ab/cdef....zst. */
#ifndef THEKE_PLATFORM_FILES_FILES_H
#define THEKE_PLATFORM_FILES_FILES_H

#include "platform/store/store.h"

enum { FILE_HASH = 64 };         /* characters: SHA-256 in lower-case hexadecimal */

struct files;

/* Opens (and creates) the folders below directory. */
MUST_USE bool files_open(const char *directory, struct files **ret_files, struct error *err);
void files_close(struct files *files);   /* accepts NULL */

struct stored_file {
    char hash[FILE_HASH + 1];
    int64_t size;
    char media_type[96];         /* by its content, not by what the sender says */
};

/* Puts bytes, or what can be read from fd up to its end, or the file at path, into the store; durable when it returns.
 * ERR_TOO_LARGE beyond limit bytes (0: none). */
MUST_USE bool file_put(struct files *files, struct text bytes, struct stored_file *ret_stored, struct error *err);
MUST_USE bool file_put_fd(struct files *files, int fd, int64_t limit, struct stored_file *ret_stored,
                          struct error *err);
MUST_USE bool file_put_path(struct files *files, const char *path, int64_t limit, struct stored_file *ret_stored,
                            struct error *err);

/* A file beside the others that has no name and is gone with its descriptor, for what is on its way in. */
MUST_USE bool files_unnamed(struct files *files, int *ret_fd, struct error *err);

/* Opens for reading; the caller closes. ERR_NOT_FOUND for an unknown or malformed hash. */
MUST_USE bool file_open(struct files *files, struct text hash, int *ret_fd, int64_t *ret_size, struct error *err);

/* The whole file in mem. ERR_TOO_LARGE beyond limit bytes. */
MUST_USE bool file_read(struct files *files, struct arena *mem, struct text hash, int64_t limit, struct text *ret_bytes,
                        struct error *err);

/* *ret_whole: the file is there, and its bytes are those that its name stands for. */
MUST_USE bool file_verify(struct files *files, struct text hash, bool *ret_whole, struct error *err);

/* The media type by content (libmagic), or application/octet-stream. Never fails. */
void file_type_of(struct text bytes, char *out, size_t size);

/* Raw mail, known by the hash of its uncompressed bytes. Most letters are small: they live in a row, so that many become
 * durable with one commit. Larger ones are files. */
struct packed_mail {
    char hash[FILE_HASH + 1];
    struct text row;             /* what mail_keep stores; no text: it is a durable file already */
};
MUST_USE bool mail_pack(struct files *files, struct arena *mem, struct text raw, struct packed_mail *ret_packed,
                        struct error *err);
/* In the transaction that names the letter for the first time. */
MUST_USE bool mail_keep(struct tx *tx, const struct packed_mail *packed, struct error *err);
MUST_USE bool mail_get(struct files *files, struct tx *tx, struct arena *mem, struct text hash, struct text *ret_raw,
                       struct error *err);
MUST_USE bool mail_verify(struct files *files, struct tx *tx, struct text hash, bool *ret_whole, struct error *err);

/* Takes the row of a letter away when named says false, while nobody else can come to name it. A file stays, for mail_clean. */
MUST_USE bool mail_forget(struct tx *tx, struct text hash, bool (*named)(void *context, struct text hash), void *context, struct error *err);

/* Removes files (and halves of files) older than age (microseconds) for which named says false. The age guards files
 * whose row is just being written. A round ends behind the folder in which it has looked at limit files; the next one
 * goes on there. */
struct cleaning_round {
    int64_t age, limit;
    bool (*named)(void *context, struct text hash);
    void *context;
    int shelf;               /* in: the folder to begin with, 0 to 255; out: the next one, 0 when all have been seen */
    int64_t removed;         /* out */
};
MUST_USE bool files_clean(struct files *files, struct cleaning_round *round, struct error *err);
MUST_USE bool mail_clean(struct files *files, struct cleaning_round *round, struct error *err);

/* A name that is safe on every system and in every header: the last part of a path, without control characters, marks
 * that turn the writing direction, characters that shells or Windows take specially, reserved names, or dots and
 * spaces at its ends; at most 120 bytes, the extension kept. "file" when nothing is left. */
struct text file_name_safe(struct arena *mem, struct text name);

/* Content-Disposition (RFC 6266) with an ASCII name and, when that loses something, filename* (RFC 8187). */
struct text file_disposition(struct arena *mem, bool inside, struct text name);

/* May a browser show this type itself: plain images, text and PDF. All else is downloaded; HTML and SVG always. */
bool file_may_show(struct text media_type);

/* The Content-Security-Policy for an attachment that is shown: no script, nothing loaded, its own sandbox. */
extern const char *const file_content_policy;

#endif
