/* notices_private.h - for this folder only. */
#ifndef THEKE_MODULES_NOTICES_NOTICES_PRIVATE_H
#define THEKE_MODULES_NOTICES_NOTICES_PRIVATE_H

#include "modules/notices/notices.h"
#include "platform/access/access.h"
#include "sql/modules_notices.h"

/* The kinds, in the order of the screen. */
extern const char *const notice_kinds[];
enum { NOTICE_KINDS = 9 };

enum rhythm { RHYTHM_SOON, RHYTHM_HOURLY, RHYTHM_DAILY };
extern const char *const rhythm_names[];

/* What somebody wants to be told: in the program, by mail, how often mails come and when none does. */
struct notice_wishes {
    struct {
        bool is_shown, is_mailed;
    } of[NOTICE_KINDS];
    bool is_quiet, is_stopped;    /* is_quiet: the hours and days hold */
    int from_minute, to_minute;
    unsigned days;                /* bits, Monday first */
    enum rhythm rhythm;
    int at_minute;                /* of the day, for RHYTHM_DAILY */
};
MUST_USE bool wishes_read(struct tx *tx, struct arena *mem, staff_id staff, struct notice_wishes *ret, struct error *err);

/* When the next mail may leave at the earliest: now or when it is quiet no more; 0: never. */
int64_t quiet_until(const struct notice_wishes *wishes, struct text zone, int64_t now);
/* When the mail leaves that tells what is to be told from now on: by the rhythm, outside quiet hours; 0: never. */
int64_t mail_time(const struct notice_wishes *wishes, struct text zone, int64_t now);

/* Mails what is due; *ret_found: there was something. */
MUST_USE bool notices_mail(struct store *store, bool *ret_found, struct error *err);

#endif
