#include "wire/mail/automatic.h"
#include "wire/mail/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes are pieces between 0xFF, in this order. */
enum piece { SUBJECT, FROM, SENDER, HEADER_NAME, HEADER_VALUE, MEDIA_TYPE, STATUS_FIELDS, TEXT, RETURNED, PIECES };

static void take_pieces(struct arena *mem, struct text rest, struct text pieces[PIECES]) {
    for (size_t i = 0; i < PIECES; i++) {
        struct text piece = text_of("");
        text_next(&rest, '\xFF', &piece);
        pieces[i] = text_make_utf8(mem, piece);
    }
}

static void check_text(struct text t) {
    if (!t.data || !text_is_utf8(t)) __builtin_trap();
}

static void check_report(const struct report *report) {
    if (report->recipient_count > 100) __builtin_trap();
    check_text(report->original_id);
    check_text(report->original_to);
    for (size_t i = 0; i < report->recipient_count; i++) {
        check_text(report->recipients[i].address);
        check_text(report->recipients[i].status);
        check_text(report->recipients[i].detail);
        if (text_empty(report->recipients[i].address)) __builtin_trap();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text pieces[PIECES];
    take_pieces(&mem, text_from((const char *)data, size), pieces);
    struct mail_address from = {text_of(""), pieces[FROM]}, to = {text_of(""), text_of("support@shop.example")};
    struct mail_header header = {pieces[HEADER_NAME], pieces[HEADER_VALUE]};
    struct letter letter = {
        .from = {1, &from}, .to = {1, &to}, .subject = pieces[SUBJECT], .text = pieces[TEXT],
        .header_count = 1, .headers = &header, .media_type = pieces[MEDIA_TYPE],
        .status_fields = pieces[STATUS_FIELDS], .returned_headers = pieces[RETURNED],
    };
    struct mail_automatic automatic = mail_automatic_of(&mem, &letter, pieces[SENDER]);
    check_text(automatic.reason);
    if (text_empty(automatic.reason) != (automatic.origin == ORIGIN_PERSON)) __builtin_trap();
    struct report report = mail_report_of(&mem, &letter, pieces[SENDER]);
    check_report(&report);
    return 0;
}
