#include "tests/test.h"

#include <stdarg.h>
#include <stdio.h>

static struct test *tests, **tests_end = &tests;
static int failures_here;

void test_register(struct test *test) {
    *tests_end = test;
    tests_end = &test->next;
}

void expect_at(const char *file, int line, bool holds, const char *format, ...) {
    if (holds) return;
    failures_here++;
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void expect_int_at(const char *file, int line, int64_t got, int64_t wanted, const char *what) {
    expect_at(file, line, got == wanted, "%s is %" PRId64 ", wanted %" PRId64, what, got, wanted);
}

void expect_text_at(const char *file, int line, struct text got, struct text wanted, const char *what) {
    bool same = text_equal(got, wanted) && (got.data != NULL) == (wanted.data != NULL);
    expect_at(file, line, same, "%s is \"%.*s\"\n  wanted \"%.*s\"", what, (int)got.size,
              got.data ? got.data : "(none)", (int)wanted.size, wanted.data ? wanted.data : "(none)");
}

int main(int argc, char **argv) {
    int passed = 0, failed = 0;
    for (struct test *test = tests; test; test = test->next) {
        if (argc > 1 && !strstr(test->name, argv[1])) continue;
        failures_here = 0;
        test->run();
        if (failures_here == 0) passed++;
        else failed++;
        printf("%s %s\n", failures_here ? "FAIL" : "ok  ", test->name);
        fflush(stdout);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
