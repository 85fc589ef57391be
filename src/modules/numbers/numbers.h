/* numbers.h - how the numbers of tickets look: T-2026-010042-7 instead of 10042.
 *
 * A ticket keeps the label that it was opened with, whatever format the house takes later. */
#ifndef THEKE_MODULES_NUMBERS_NUMBERS_H
#define THEKE_MODULES_NUMBERS_NUMBERS_H

#include "platform/store/store.h"

/* The label of a ticket with this running number that is opened at this time. No text: nothing but the number. */
MUST_USE bool number_label(struct tx *tx, struct arena *mem, int64_t number, int64_t opened_at, struct text *ret_label, struct error *err);

#endif
