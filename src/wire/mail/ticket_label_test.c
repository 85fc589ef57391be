#include "wire/mail/ticket_label.h"

#include "tests/test.h"

static void expect_label(struct ticket_label format, const char *label) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT(ticket_label_fits(&format));
    EXPECT_TEXT(ticket_label_write(&mem, &format, 10042, 2026), label);
    EXPECT_INT(ticket_label_read(text_of(label)), 10042);
    EXPECT_INT(ticket_label_read(text_lower(&mem, text_of(label))), 10042);
    EXPECT_INT(ticket_label_read(text_printf(&mem, "#%s", label)), 10042);
}

TEST(a_label_of_any_format_is_read_back) {
    struct text t = text_of("T"), service = text_of("SERVICE");
    expect_label((struct ticket_label){.digits = 5}, "10042");
    expect_label((struct ticket_label){.prefix = t, .digits = 5}, "T10042");
    expect_label((struct ticket_label){.prefix = service, .separator = '-', .digits = 8}, "SERVICE-00010042");
    expect_label((struct ticket_label){.separator = '-', .year_digits = 4, .digits = 6}, "2026-010042");
    expect_label((struct ticket_label){.separator = '/', .year_digits = 2, .digits = 5}, "26/10042");
    expect_label((struct ticket_label){.prefix = t, .separator = '.', .year_digits = 2, .digits = 6}, "T.26.010042");
    expect_label((struct ticket_label){.prefix = t, .separator = '-', .digits = 5, .has_check = true}, "T-10042-5");
    expect_label((struct ticket_label){.prefix = t, .separator = '-', .year_digits = 4, .digits = 6, .has_check = true}, "T-2026-010042-2");
}

TEST(a_format_that_could_not_be_read_back_does_not_fit) {
    struct text t = text_of("T");
    const struct ticket_label formats[] = {
        {.digits = 6}, {.digits = 5, .separator = '-', .has_check = true}, {.prefix = t, .digits = 5, .has_check = true},
        {.prefix = t, .digits = 5, .year_digits = 4}, {.prefix = t, .digits = 5, .year_digits = 3, .separator = '-'},
        {.prefix = t, .digits = 4}, {.prefix = t, .digits = 13}, {.prefix = t, .digits = 5, .separator = ' '},
        {.prefix = text_of("T1"), .digits = 5}, {.prefix = text_of("t"), .digits = 5}, {.prefix = text_of("ABCDEFGHI"), .digits = 5},
    };
    for (size_t i = 0; i < COUNT_OF(formats); i++) EXPECT(!ticket_label_fits(&formats[i]));
}

TEST(a_check_digit_tells_one_wrong_digit_and_two_that_changed_places) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct ticket_label format = {.prefix = text_of("T"), .separator = '-', .digits = 6, .has_check = true};
    struct text label = ticket_label_write(&mem, &format, 483217, 2026);
    for (size_t i = 2; i < label.size; i++) {
        struct text wrong = text_copy(&mem, label), swapped = text_copy(&mem, label);
        if (label.data[i] == '-') continue;
        char *signs = text_string(&mem, wrong);
        signs[i] = (char)('0' + (label.data[i] - '0' + 1) % 10);
        EXPECT_INT(ticket_label_read(text_of(signs)), 0);
        signs = text_string(&mem, swapped);
        if (i + 1 >= label.size || signs[i + 1] == '-') continue;
        signs[i] = label.data[i + 1];
        signs[i + 1] = label.data[i];
        EXPECT_INT(ticket_label_read(text_of(signs)), 0);
    }
}

TEST(what_is_no_label_is_none) {
    static const char *const words[] = {"", "#", "T", "T-", "-10042", "T-42", "2026-11-24", "T-2026-1-10042", "030-1234567", "T--10042", "T-26/10042",
                                        "ABCDEFGHI10042", "10042-", "1004x", "T-10042-4", "-5", "99999999999999999999", "T-10042-"};
    for (size_t i = 0; i < COUNT_OF(words); i++) EXPECT_INT(ticket_label_read(text_of(words[i])), 0);
    EXPECT_INT(ticket_label_read(text_of("#77")), 77);
}
