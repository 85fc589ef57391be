/* archive.h - a backup as one file: the database, and beside its tables the files of the data folder.
 *
 * The file is an SQLite database; what lay in the data folder is in its table sqlar, as the SQLite Archive format has it
 * (name, mode, mtime, sz, data; here always uncompressed), so 'sqlite3 FILE -A' lists it too. */
#ifndef THEKE_COMMANDS_ARCHIVE_H
#define THEKE_COMMANDS_ARCHIVE_H

#include "base/error.h"

/* Copies one database over another, consistent while the first is written to. */
MUST_USE bool archive_copy_database(const char *from, const char *to, struct error *err);

/* Puts files/, mail/, secret.key and theke.conf of folder into the archive, in one transaction. */
MUST_USE bool archive_add(const char *archive, const char *folder, struct error *err);

/* Writes the archive's files into folder; those that are there already are replaced. */
MUST_USE bool archive_extract(const char *archive, const char *folder, struct error *err);

/* Takes the table of files, and the room that it took, out of a database that was copied from an archive. */
MUST_USE bool archive_strip(const char *database, struct error *err);

#endif
