/* lanes.h - which letters of a batch may be placed beside each other.
 *
 * Letters that may belong to one conversation share a lane and keep their order: an answer must not come before what it answers. */
#ifndef THEKE_CHANNELS_INTAKE_LANES_H
#define THEKE_CHANNELS_INTAKE_LANES_H

#include "channels/intake/intake_private.h"

/* What a letter is told from others by. prepared: NULL when it could not be read; then it stands alone. */
struct lane_letter {
    const struct mail_row *row;
    const struct prepared *prepared;
};

/* ret_lanes[i]: the first letter of the lane that letter i belongs to. Two letters share a lane when they have the same content, sender or
 * subject, when one names the other, or when both name, or report on, the same third. */
void lanes_of(struct arena *mem, const struct lane_letter *letters, size_t count, size_t *ret_lanes);

#endif
