#include "platform/access/admission.h"

#include "sql/platform_access.h"

bool admission_add(struct tx *tx, const struct admission *admission, bool *ret_new, struct error *err) {
    const struct sql_admission_insert in = {.staff_id = admission->staff, .ticket_id = admission->ticket, .admitted_by = admission->by,
                                            .message_id = admission->message, .created_at = tx->now};
    int64_t added = 0;
    if (!sql_admission_insert(tx, &in, &added, err)) return false;
    *ret_new = added > 0;
    return true;
}

bool admission_end(struct tx *tx, staff_id staff, ticket_id ticket, bool *ret_ended, struct error *err) {
    int64_t ended = 0;
    if (!sql_admission_delete(tx, &(struct sql_admission_delete){.staff_id = staff, .ticket_id = ticket}, &ended, err)) return false;
    *ret_ended = ended > 0;
    return true;
}
