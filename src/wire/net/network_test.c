#include "tests/test.h"
#include "wire/net/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static union address address_of(const char *number) {
    union address address = {0};
    bool is_six = strchr(number, ':') != NULL;
    address.any.sa_family = is_six ? AF_INET6 : AF_INET;
    void *place = is_six ? (void *)&address.six.sin6_addr : (void *)&address.four.sin_addr;
    expect_at(__FILE__, __LINE__, inet_pton(address.any.sa_family, number, place) == 1, "%s is an address", number);
    return address;
}

static void expect_public(const char *number, bool is_public) {
    union address address = address_of(number);
    expect_at(__FILE__, __LINE__, address_is_public(&address.any) == is_public, "%s is %spublic", number, is_public ? "" : "not ");
}

TEST(what_is_not_for_everybody_is_refused_in_every_form) {
    static const char *const refused[] = {
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.1.2.3",
        "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1", "febf::1",
        "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1",
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) expect_public(refused[i], false);
}

TEST(what_is_for_everybody_is_not) {
    static const char *const open[] = {
        "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.255.255",
        "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255", "168.63.129.17",
        "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1",
    };
    for (size_t i = 0; i < COUNT_OF(open); i++) expect_public(open[i], true);
}

TEST(networks_are_read_and_hold_what_lies_in_them) {
    struct networks networks;
    struct error err = {0};
    EXPECT_OK(networks_parse(text_of(" 127.0.0.1,10.1.0.0/17 fd00:1::/32"), &networks, &err), err);
    EXPECT_INT(networks.count, 3);
    static const struct {
        const char *number;
        bool is_held;
    } all[] = {{"127.0.0.1", true}, {"127.0.0.2", false}, {"10.1.127.255", true}, {"10.1.128.0", false}, {"fd00:1::7", true},
               {"fd00:2::7", false}, {"::ffff:127.0.0.1", true}};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        union address address = address_of(all[i].number);
        expect_at(__FILE__, __LINE__, networks_hold(&networks, &address.any) == all[i].is_held, "%s", all[i].number);
    }
    EXPECT(networks_parse((struct text){0}, &networks, &err));
    EXPECT_INT(networks.count, 0);
}

TEST(what_is_no_network_is_named) {
    static const char *const wrong[] = {"10.1", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "example.org", "10.0.0.0/", "/8", "1.2.3.4.5"};
    struct networks networks;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct error err = {0};
        struct text word = text_of(wrong[i]);
        expect_at(__FILE__, __LINE__, !networks_parse(word, &networks, &err), "%.*s", (int)word.size, word.data);
        EXPECT(text_find(text_of(err.message), word) != SIZE_MAX);
    }
}
