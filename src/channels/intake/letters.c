#include "channels/intake/intake.h"
#include "sql/channels_intake.h"

struct each {
    bool (*visit)(void *context, struct text hash, struct error *err);
    void *context;
};

static bool visit_row(const void *row, void *context, struct error *err) {
    const struct sql_mail_in_hashes_row *letter = row;
    const struct each *each = context;
    return each->visit(each->context, letter->raw_hash, err);
}

bool letter_each(struct tx *tx, bool (*visit)(void *context, struct text hash, struct error *err), void *context, struct error *err) {
    struct each each = {visit, context};
    return statement_each(tx, &statement_mail_in_hashes, NULL, visit_row, &each, err);
}
