#include "wire/mail/reply.h"

#include "tests/test.h"

/* What of a reply is shown. */
static void expect_reply(const char *text, const char *visible) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(reply_split(&mem, text_of(text), true).visible, visible);
}

TEST(gmail_in_german) {
    expect_reply("Danke!\n\nAm Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ana Meyer <ana@example.org>:\n\n> Hallo,\n> hier die Rechnung.\n", "Danke!");
}

TEST(gmail_in_german_broken_over_two_lines) {
    expect_reply("Danke!\n\nAm Mo., 3. Mai 2026 um 10:12 Uhr schrieb Ana Meyer <\nana@example.org>:\n\n> Hallo,\n> hier die Rechnung.\n",
                 "Danke!");
}

TEST(gmail_in_english) {
    expect_reply("Thanks,\nBob\n\nOn Mon, 3 May 2026 at 10:12, Ana <ana@example.org> wrote:\n\n> Hello\n", "Thanks,\nBob");
}

TEST(outlook_in_german) {
    expect_reply("Passt so.\n\nMit freundlichen Grüßen\nMax Muster\n\n________________________________\nVon: Ana Meyer <ana@example.org>\n"
                 "Gesendet: Montag, 3. Mai 2026 10:12\nAn: Max Muster\nBetreff: Rechnung\n\nHallo Max,\nanbei.\n",
                 "Passt so.\n\nMit freundlichen Grüßen\nMax Muster");
}
