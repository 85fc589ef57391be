/* times_private.h - for this folder only: time that people spend on tickets.
 *
 * An entry belongs to one ticket and one person. What was recorded in a ticket that was merged since stays there and is shown in the one
 * that it was merged into. A person has one clock at most; stopping it makes an entry of it. */
#ifndef THEKE_MODULES_TIMES_TIMES_PRIVATE_H
#define THEKE_MODULES_TIMES_TIMES_PRIVATE_H

#include "modules/tickets/tickets.h"
#include "platform/events/events.h"
#include "platform/http/http.h"
#include "sql/modules_times.h"

enum { ACTIVITIES_MOST = 200, ENTRIES_MOST = 500, SECONDS_MOST = 86400, REPORT_MOST = 1000, EXPORT_MOST = 100000 };

/* NULL: there is none of that id. */
const struct sql_activity_list_row *activity_in(const struct sql_activity_list_rows *rows, int64_t id);

/* One that something new may be recorded for; id 0: *ret is NULL. ERR_INVALID on "activity". */
MUST_USE bool activity_for_new(struct request *request, int64_t id, const struct sql_activity_list_row **ret, struct error *err);

/* Its name in the language. */
struct text activity_name(const struct sql_activity_list_row *activity, struct text language);

/* Writes an entry and records ticket.time, however many the ticket has: what a clock has measured is never refused. */
MUST_USE bool time_add(struct request *request, const struct ticket *ticket, const struct sql_time_insert *in, int64_t *ret_entry, struct error *err);

#endif
