#include "channels/email/email_private.h"
#include "tests/test.h"

#include <netdb.h>

static bool fits(const char *number, bool allow_this_machine) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(number, NULL, &hints, &found) != 0) return false;
    bool fits = token_server_fits(found->ai_addr, allow_this_machine);
    freeaddrinfo(found);
    return fits;
}

TEST(what_a_name_stands_for_is_no_way_into_this_machine) {
    static const char *const others[] = {"10.0.0.5", "192.168.1.2", "203.0.113.7", "2001:db8::1", "fd00::1", "64:ff9b::203.0.113.7"};
    static const char *const here[] = {"127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1"};
    static const char *const link[] = {"169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"};
    for (size_t i = 0; i < COUNT_OF(others); i++) EXPECT(fits(others[i], false));
    for (size_t i = 0; i < COUNT_OF(here); i++) EXPECT(!fits(here[i], false) && fits(here[i], true));
    for (size_t i = 0; i < COUNT_OF(link); i++) EXPECT(!fits(link[i], false) && !fits(link[i], true));
}
