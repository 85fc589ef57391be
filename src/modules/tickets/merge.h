/* merge.h - what merging and its inverse share; for this folder only. */
#ifndef THEKE_MODULES_TICKETS_MERGE_H
#define THEKE_MODULES_TICKETS_MERGE_H

#include "modules/tickets/tickets_private.h"

struct merging {
    struct tx *tx;
    const struct doer *doer;
    const struct ticket_merging *wish;
    const struct ticket *from, *into; /* as they were before */
    struct buffer data;               /* what the inverse needs */
    struct json_writer json;
};

/* merge_union.c: what both have becomes what the one has; doubles collapse. Each writes down what it added. */
MUST_USE bool merge_people(struct merging *merging, struct error *err);
MUST_USE bool merge_tags(struct merging *merging, struct error *err);
MUST_USE bool merge_links(struct merging *merging, struct error *err);
MUST_USE bool merge_drafts(struct merging *merging, struct error *err);
MUST_USE bool merge_watchers(struct merging *merging, struct error *err);

#endif
