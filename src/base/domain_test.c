#include "base/domain.h"
#include "tests/test.h"

TEST(domains_are_written_for_the_wire) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(domain_ascii(&mem, text_of("Müller.example")), "xn--mller-kva.example");
    EXPECT_TEXT(domain_ascii(&mem, text_of("straße.example")), "xn--strae-oqa.example");
    EXPECT_TEXT(domain_ascii(&mem, text_of("mu\xCC\x88ller.example")), "xn--mller-kva.example");
    EXPECT_TEXT(domain_ascii(&mem, text_of("árvíztűrő.example")), "xn--rvztr-wqa0gx3bwi.example");
    EXPECT_TEXT(domain_ascii(&mem, text_of("Example.ORG")), "Example.ORG");
    EXPECT_TEXT(domain_ascii(&mem, text_of("[IPv6:2001:db8::1]")), "[IPv6:2001:db8::1]");
    EXPECT(!domain_ascii(&mem, text_of("ü ü.example")).data);
    EXPECT(!domain_ascii(&mem, text_of("\xFF.example")).data);
}

TEST(an_address_keeps_what_stands_before_the_at) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(address_ascii(&mem, text_of("Info+x@müller.example")), "Info+x@xn--mller-kva.example");
    EXPECT_TEXT(address_ascii(&mem, text_of("\"a@b\"@müller.example")), "\"a@b\"@xn--mller-kva.example");
    EXPECT_TEXT(address_ascii(&mem, text_of("info@ü ü.example")), "info@ü ü.example");
    EXPECT_TEXT(address_ascii(&mem, text_of("müller")), "müller");
    EXPECT_TEXT(address_ascii(&mem, text_of("")), "");
    EXPECT(address_has_plain_local(text_of("info@müller.example")));
    EXPECT(!address_has_plain_local(text_of("jörg@example.org")));
}
