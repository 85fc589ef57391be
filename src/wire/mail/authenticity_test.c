#include "tests/test.h"
#include "wire/mail/authenticity.h"

static enum mail_authenticity judged(const char *value, const char *from, const char *server) {
    const struct mail_header headers[] = {{text_of("Authentication-Results"), text_of(value)},
                                          {text_of("Authentication-Results"), text_of("mx.example.org; dmarc=fail; dkim=pass header.d=a.example")}};
    const struct mail_address address = {text_of(""), text_of(from)};
    return mail_authenticity_of(&(struct letter){.header_count = COUNT_OF(headers), .headers = headers, .from = {1, &address}}, text_of(server));
}

static bool fails(const char *value) {
    return judged(value, "ana@a.example", "") == MAIL_FORGED;
}

static bool proves(const char *value) {
    return judged(value, "ana@a.example", "mx.example.org") == MAIL_PROVEN;
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
    EXPECT(!fails("mx; dmarc=pass =/= / \"; dmarc=fail"));
    EXPECT(mail_authenticity_of(&(struct letter){0}, text_of("mx.example.org")) == MAIL_UNPROVEN);
}

TEST(our_own_server_proves_the_domain_in_from) {
    EXPECT(proves("mx.example.org; dmarc=pass header.from=a.example"));
    EXPECT(proves("MX.example.org 1; dkim=pass (2048-bit key; unprotected) header.i=@a.example header.s=x header.d=A.example; dmarc=none"));
    EXPECT(proves("mx.example.org; spf=pass smtp.mailfrom=\"bounce@a.example\" smtp.helo=x"));
    EXPECT(judged("mx.example.org; dkim=pass header.d=a.example", "ana@sub.a.example", "mx.example.org") == MAIL_PROVEN);
}

TEST(nothing_else_proves_it) {
    EXPECT(!proves("mx.elsewhere.example; dmarc=pass header.from=a.example"));
    EXPECT(judged("mx.example.org; dmarc=pass header.from=a.example", "ana@a.example", "") == MAIL_UNPROVEN);
    EXPECT(!proves("mx.example.org; dmarc=pass header.from=b.example"));
    EXPECT(!proves("mx.example.org; dmarc=none; spf=softfail smtp.mailfrom=a.example"));
    EXPECT(!proves("mx.example.org; dkim=pass header.d=b.example; spf=pass smtp.mailfrom=x@evila.example"));
    EXPECT(!proves("mx.example.org; dkim=pass header.d=x.a.example"));
    EXPECT(!proves("mx.example.org; dkim=pass; spf=pass; arc=pass header.d=a.example"));
    EXPECT(!proves("mx.example.org; dkim=fail (header.d=a.example dkim=pass) header.d=a.example"));
    EXPECT(judged("mx.example.org; dmarc=pass", "", "mx.example.org") == MAIL_UNPROVEN);
}

static bool names(const char *value, const char *server) {
    const struct mail_header header = {text_of("Authentication-Results"), text_of(value)};
    return text_is(mail_authenticity_server(&(struct letter){.header_count = 1, .headers = &header}), server);
}

TEST(the_server_is_named_where_it_says_its_name) {
    EXPECT(names("mx.google.com;\r\n dkim=pass header.i=@a.example", "mx.google.com"));
    EXPECT(names(" (by us) mx.example.org 1; none", "mx.example.org"));
    EXPECT(names("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none", ""));
    EXPECT(names("spf.example = pass", ""));
    EXPECT(names("localhost; none", ""));
    EXPECT(names("mx.<b>example</b>; none", ""));
    EXPECT(text_empty(mail_authenticity_server(&(struct letter){.header_count = 0})));
}
