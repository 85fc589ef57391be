/* What becomes of a delivery after an attempt, and of its webhook. */
#include "base/clock.h"
#include "modules/webhooks/webhooks_private.h"

#include <sodium.h>

enum { FAILURES_BEFORE_OFF = 20, SAY_WELL_SECONDS = 60, MOST_PAUSE_SECONDS = 300, MOST_WAIT_SECONDS = 3600 };
static const int64_t FAILING_BEFORE_OFF = 5 * 86400 * 1000000LL;

/* Up to a fifth more, so that what failed together does not come back together. */
static int64_t with_jitter(int64_t pause) {
    return pause + (int64_t)randombytes_uniform((uint32_t)(pause / SECOND * 200) + 1) * (SECOND / 1000);
}

static int64_t pause_of(const struct ending *ending) {
    int64_t pause = webhook_pause(ending->attempt - ending->begun_with);
    int64_t asked = (ending->retry_after < MOST_WAIT_SECONDS ? ending->retry_after : MOST_WAIT_SECONDS) * SECOND;
    if (!pause) return 0;
    return with_jitter(asked > pause ? asked : pause);
}

static bool write_attempt(struct tx *tx, const struct ending *ending, struct error *err) {
    const struct sql_webhook_attempt_put in = {.delivery = ending->delivery, .number = ending->attempt, .at = ending->at, .micros = ending->micros,
                                               .status = ending->status, .error = ending->error, .answer = ending->answer};
    return sql_webhook_attempt_put(tx, &in, NULL, err);
}

/* A webhook whose server fails is left alone for a while; one attempt at a time then finds out whether it is back. */
static bool pause_webhook(struct tx *tx, int64_t webhook, int64_t failures, struct error *err) {
    int64_t step = failures - FEW_FAILURES, seconds = step < 6 ? INT64_C(5) << (step < 0 ? 0 : step) : MOST_PAUSE_SECONDS;
    if (step < 0) return true;
    return sql_webhook_pause(tx, &(struct sql_webhook_pause){.webhook = webhook, .until_at = tx->now + with_jitter(seconds * SECOND)}, NULL, err);
}

static bool note_failure(struct tx *tx, const webhook_row *row, const struct ending *ending, struct error *err) {
    const struct sql_webhook_unwell_row *unwell;
    const struct sql_webhook_unwell in = {.webhook = row->webhook, .now_at = tx->now, .error = ending->error};
    if (ending->way == ENDED_GONE) return webhook_switch_off(tx, row, "gone", err);
    if (!sql_webhook_unwell(tx, &tx->mem, &in, &unwell, err)) return false;
    if (!unwell) return true;
    if (unwell->failures >= FAILURES_BEFORE_OFF && tx->now - unwell->failing_since_at > FAILING_BEFORE_OFF)
        return webhook_switch_off(tx, row, "failing", err);
    return pause_webhook(tx, row->webhook, unwell->failures, err);
}

static bool note_success(struct tx *tx, int64_t webhook, struct error *err) {
    const struct sql_webhook_well in = {.webhook = webhook, .ok_at = tx->now, .before_at = tx->now - SAY_WELL_SECONDS * SECOND};
    return sql_webhook_well(tx, &in, NULL, err);
}

bool webhook_settle(struct tx *tx, const struct ending *ending, struct error *err) {
    const webhook_row *row;
    bool is_test = text_is(ending->kind, WEBHOOK_TESTED), well = ending->way == ENDED_WELL;
    int64_t changed = 0;
    if (ending->way == ENDED_BROKEN_OFF) {
        const struct sql_webhook_delivery_given_back back = {.delivery = ending->delivery, .attempts = ending->attempt, .next_at = tx->now};
        return sql_webhook_delivery_given_back(tx, &back, NULL, err);
    }
    if (!webhook_held(tx, &tx->mem, ending->webhook, &row, err)) return false;
    if (!row) return true;
    bool again = !well && !is_test && row->is_active && ending->way == ENDED_FAILED;
    int64_t pause = again ? pause_of(ending) : 0;
    const struct sql_webhook_delivery_settled in = {
        .delivery = ending->delivery, .attempts = ending->attempt, .state = text_of(well ? "sent" : pause ? "queued" : "failed"),
        .next_at = pause ? tx->now + pause : 0, .status = ending->status, .error = ending->error, .updated_at = tx->now,
    };
    if (!sql_webhook_delivery_settled(tx, &in, &changed, err) || !write_attempt(tx, ending, err)) return false;
    if (well) return note_success(tx, row->webhook, err);
    return !changed || is_test || ending->way == ENDED_FOR_GOOD || note_failure(tx, row, ending, err);
}
