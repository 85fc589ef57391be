#include "tests/test.h"
#include "wire/mail/authenticity.h"

static bool fails(const char *value) {
    const struct mail_header headers[] = {{text_of("Authentication-Results"), text_of(value)},
                                          {text_of("Authentication-Results"), text_of("other.example; dmarc=fail")}};
    return mail_fails_dmarc(&(struct letter){.header_count = COUNT_OF(headers), .headers = headers});
}

TEST(a_failure_is_seen_among_other_results) {
    EXPECT(fails("mx.example.org; dmarc=fail"));
    EXPECT(fails("mx.example.org 1; spf=pass smtp.mailfrom=x.example; DKIM=pass; DMARC=Fail (p=REJECT dis=NONE) header.from=bank.example"));
    EXPECT(fails("mx.example.org (a server; really); spf=none; dmarc (policy) / 1 = (bad) fail action=none header.from=a.example"));
}

TEST(everything_else_is_no_failure) {
    EXPECT(!fails("mx.example.org; dmarc=pass header.from=a.example"));
    EXPECT(!fails("mx.example.org; none"));
    EXPECT(!fails("mx.example.org; spf=fail; dkim=fail; dmarc=none"));
    EXPECT(!fails("mx.example.org; dmarc=temperror; x-dmarc=fail"));
    EXPECT(!fails("mx.example.org; dmarc=pass (dmarc=fail; dmarc=fail) header.from=\"; dmarc=fail\""));
    EXPECT(!fails("dmarc=fail"));
    EXPECT(!fails(""));
    EXPECT(!fails("((((((;dmarc=fail"));
    EXPECT(!fails("mx; dmarc="));
    EXPECT(!mail_fails_dmarc(&(struct letter){0}));
}
