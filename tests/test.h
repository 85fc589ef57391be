/* test.h - tests that read like a conversation. Each file ends in one program; TEST registers itself.
 * The program's last line is 'N passed, N failed'. An argument runs only the tests whose name contains it. */
#ifndef THEKE_TESTS_TEST_H
#define THEKE_TESTS_TEST_H

#include "base/defs.h"
#include "base/error.h"
#include "base/text.h"

struct test {
    const char *name, *file;
    void (*run)(void);
    struct test *next;
};

void test_register(struct test *test);

#define TEST(title)                                                                       \
    static void title(void);                                                              \
    __attribute__((constructor)) static void register_##title(void) {                     \
        static struct test test = {.name = #title, .file = __FILE__, .run = title};       \
        test_register(&test);                                                             \
    }                                                                                     \
    static void title(void)

/* Each expectation that does not hold is printed with its place and fails the running test, which goes on. */
void expect_at(const char *file, int line, bool holds, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void expect_int_at(const char *file, int line, int64_t got, int64_t wanted, const char *what);
void expect_text_at(const char *file, int line, struct text got, struct text wanted, const char *what);

#define EXPECT(condition) expect_at(__FILE__, __LINE__, (condition), "%s", #condition)
#define EXPECT_INT(got, wanted) expect_int_at(__FILE__, __LINE__, (int64_t)(got), (int64_t)(wanted), #got)
#define EXPECT_TEXT(got, wanted) expect_text_at(__FILE__, __LINE__, (got), text_of(wanted), #got)
/* The call succeeded; prints err.message when it did not. */
#define EXPECT_OK(call, err) expect_at(__FILE__, __LINE__, (call), "%s: %s", #call, (err).message)

#endif
