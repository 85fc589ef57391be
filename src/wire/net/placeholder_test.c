#include "tests/test.h"
#include "wire/net/placeholder.h"

static const struct text values[VARIABLE_COUNT] = {
    [VARIABLE_CUSTOMER_FIRST_NAME] = {"Ana", 3},
    [VARIABLE_TICKET_NUMBER] = {"10001", 5},
};

static void expect_filled(const char *written, const char *filled) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(placeholders_fill(&mem, text_of(written), values), filled);
}

TEST(a_placeholder_becomes_its_value_or_its_fallback) {
    expect_filled("Hallo {{customer.first_name}}, Nr. {{ ticket.number }}.", "Hallo Ana, Nr. 10001.");
    expect_filled("Hallo {{customer.first_name|Kunde}} von {{customer.company|Ihrer Firma}}", "Hallo Ana von Ihrer Firma");
    expect_filled("", "");
    expect_filled("{{ticket.number}}{{ticket.number}}", "1000110001");
}

TEST(what_has_no_value_or_is_unknown_stays) {
    expect_filled("Hallo {{customer.last_name}}", "Hallo {{customer.last_name}}");
    expect_filled("Hallo {{customer.last_name|}}", "Hallo {{customer.last_name|}}");
    expect_filled("Hallo {{customer.frist_name|Kunde}}", "Hallo {{customer.frist_name|Kunde}}");
}

TEST(braces_of_other_meaning_are_text) {
    expect_filled("{{{ticket.number}}}", "{10001}");
    expect_filled("{{ {{ticket.number}}", "{{ 10001");
    expect_filled("{ticket.number} {{ticket.number} {{", "{ticket.number} {{ticket.number} {{");
    expect_filled("{{ticket.number", "{{ticket.number");
    expect_filled("{{ticket.number}", "{{ticket.number}");
}

TEST(ours_are_told_from_those_of_other_programs) {
    struct placeholder found;
    EXPECT(placeholder_next(text_of("a {{customer.frist_name}}"), 0, &found) && found.is_ours && !found.variable);
    EXPECT_INT(found.from, 2);
    EXPECT(placeholder_next(text_of("a {{ user.name }}"), 0, &found) && !found.is_ours);
    EXPECT(!placeholder_next(text_of("a {{ user.name }}"), 3, &found));
}

static void expect_parts(const char *name, bool family_first, const char *first, const char *last) {
    struct text got_first, got_last;
    name_parts(text_of(name), family_first, &got_first, &got_last);
    EXPECT_TEXT(got_first, first);
    EXPECT_TEXT(got_last, last);
}

TEST(a_name_has_a_first_and_a_last) {
    expect_parts("Ana Huber", false, "Ana", "Huber");
    expect_parts("Ana Maria Huber", false, "Ana", "Huber");
    expect_parts("Frau Dr. Ana Huber", false, "Ana", "Huber");
    expect_parts("Huber, Ana", false, "Ana", "Huber");
    expect_parts("Kovács Anna", true, "Anna", "Kovács");
    expect_parts("Ana", false, "Ana", "");
    expect_parts("ana@example.org", false, "", "");
    expect_parts("", false, "", "");
}
