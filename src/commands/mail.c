/* theke mail deliver: one letter from standard input, for pipes of mail servers. Exit codes are those of sysexits.h. */
#include "channels/email/email.h"
#include "channels/intake/intake.h"
#include "commands/commands.h"
#include "commands/limits.h"
#include "platform/files/files.h"

#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static bool read_letter(struct buffer *out, struct error *err) {
    char piece[64 << 10];
    for (;;) {
        ssize_t size = read(STDIN_FILENO, piece, sizeof piece);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return error_errno(err, "reading the letter");
        if (size == 0) break;
        buffer_add(out, piece, (size_t)size);
    }
    if (out->failed) return error_set(err, ERR_TOO_LARGE, "the letter has more than %zu bytes", out->limit);
    return out->size > 0 || error_set(err, ERR_INVALID, "there is no letter on standard input");
}

/* As an envelope may name it (RFC 5321, 4.1.2), quoted parts left out. */
static bool is_recipient(struct text to) {
    size_t at = text_find_char(to, '@');
    if (at == SIZE_MAX || at == 0 || at + 1 == to.size || text_find_char(text_skip(to, at + 1), '@') != SIZE_MAX) return false;
    for (size_t i = 0; i < to.size; i++)
        if ((unsigned char)to.data[i] <= ' ' || strchr("<>\x7f", to.data[i])) return false;
    return true;
}

static bool check_recipient(struct store *store, const char *to, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    bool takes;
    if (!to) return true;
    if (!is_recipient(text_of(to))) return error_set(err, ERR_NOT_FOUND, "what --to names is no address");
    if (!store_read(store, &tx, err) || !email_takes(&tx, text_of(to), &takes, err)) return false;
    return takes || error_set(err, ERR_NOT_FOUND, "%s is no address of ours", to);
}

static int exit_code(const struct error *err) {
    fail(err);
    if (err->code == ERR_INVALID) return EX_DATAERR;
    if (err->code == ERR_TOO_LARGE) return EX_DATAERR;
    return err->code == ERR_NOT_FOUND ? EX_NOUSER : EX_TEMPFAIL;
}

static bool deliver(struct config *config, struct store **store, struct files **files, struct error *err) {
    const char *to = config_get(config, "to", NULL), *data;
    struct text recipient = text_of(to);
    struct limits limits;
    if (!limits_read(config, &limits, err)) return false;
    struct buffer letter = {.mem = &config->mem, .limit = intake_size_limit((size_t)limits.mail_bytes)};
    if (!read_letter(&letter, err)) return false;
    if (!find_store(config, store, err) || !find_data(config, &data, err) || !files_open(data, files, err)) return false;
    if (!check_recipient(*store, to, err)) return false;
    const struct arriving arriving = {.raw = buffer_text(&letter), .recipients = &recipient, .recipient_count = to ? 1 : 0, .limit = (size_t)limits.mail_bytes};
    return intake_accept(*store, *files, &arriving, NULL, err);
}

int command_mail(struct config *config) {
    struct error err = {0};
    struct store *store = NULL;
    struct files *files = NULL;
    if (config->word_count != 1 || strcmp(config->words[0], "deliver") != 0) {
        error_set(&err, ERR_INVALID, "usage: theke mail deliver [--to ADDRESS] < LETTER");
        fail(&err);
        return EX_USAGE;
    }
    bool ok = deliver(config, &store, &files, &err);
    store_close(store);
    files_close(files);
    return ok ? EX_OK : exit_code(&err);
}
