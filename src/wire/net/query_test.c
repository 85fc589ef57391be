#include "tests/test.h"
#include "wire/net/query.h"

static void expect_means(const char *typed, const char *canonical) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct query *query = NULL;
    struct error err = {0};
    EXPECT_OK(query_parse(&mem, text_of(typed), &query, NULL, &err), err);
    if (query) EXPECT_TEXT(query_write(&mem, query), canonical);
}

static struct query_problem expect_refused(const char *typed, const char *code, size_t position, const char *message) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct query *query;
    struct query_problem problem;
    struct error err = {0};
    EXPECT(!query_parse(&mem, text_of(typed), &query, &problem, &err));
    EXPECT_INT(err.code, ERR_INVALID);
    EXPECT_TEXT(text_of(err.fields[0].code), code);
    EXPECT_TEXT(text_of(err.fields[0].message), message);
    EXPECT_INT(problem.position, position);
    return problem;
}

TEST(terms_side_by_side_must_all_hold) {
    expect_means("state:open team:returns  from:ana before:2026-11-01 \"exact phrase\" -word",
                 "state:open team:returns from:ana before:2026-11-01 \"exact phrase\" -word");
    expect_means("", "");
    expect_means("  lamp AND broken ", "lamp broken");
}

TEST(or_binds_weaker_and_parentheses_group) {
    expect_means("a b OR c", "a b OR c");
    expect_means("a (b OR c) -(d e)", "a (b OR c) -(d e)");
    expect_means("NOT (NOT a)", "a");
    expect_means("a|b", "a|b");
    expect_means("a | b", "a OR b");
    expect_means("((a OR b) OR c)", "a OR b OR c");
}

TEST(filters_have_names_in_three_languages) {
    expect_means("Status:offen von:ana vor:1.11.2026 nach:2026.10.01. gruppe:a",
                 "state:open from:ana before:2026-11-01 after:2026-10-01 team:a");
    expect_means("állapot:nyitott FELADÓ:ana cég:x van:melléklet", "state:open from:ana company:x has:attachment");
    expect_means("status:gelöst,WARTET állapot:lezárva priorität:dringend prio:magas kanal:telefon",
                 "(state:resolved OR state:waiting) state:closed priority:urgent priority:high channel:phone");
    expect_means("state:sleeping", "state:sleeping");
    expect_means("assignee:ich ist:unzugewiesen hat:Anhang ODER NICHT owner:én",
                 "assignee:me is:unassigned has:attachment OR -owner:me");
}

TEST(values_may_be_quoted_listed_or_begun) {
    expect_means("from:\"Ana Kovács\" subject:\"a:b (c)\"", "from:\"Ana Kovács\" subject:\"a:b (c)\"");
    expect_means("state:open,waiting -tag:vip,vop", "(state:open OR state:waiting) -(tag:vip OR tag:vop)");
    expect_means("invoic* from:an*", "invoic* from:an*");
    expect_means("#48213 number:7", "number:48213 number:7");
}

TEST(what_only_looks_like_a_filter_is_text) {
    expect_means("https://example.org/x?a=1 12:30 Re: hello - x -", "https://example.org/x?a=1 12:30 Re hello - x -");
    expect_means("or and \"OR\" e-mail #x *", "or and \"OR\" e-mail #x *");
}

TEST(problems_name_the_place_and_the_way_out) {
    struct query_problem problem = expect_refused(
        "ö staet:open", "unknown_filter", 2, "unknown filter 'staet' at character 3; did you mean 'state'?");
    EXPECT_INT(problem.size, 5);
    expect_refused("zzzzzz:open", "unknown_filter", 0, "unknown filter: 'zzzzzz' at character 1");
    expect_refused("before:2026-02-30", "bad_date", 7, "not a day; write YYYY-MM-DD: '2026-02-30' at character 8");
    expect_refused("a \"b", "open_quote", 2, "a quotation mark is not closed: '\"' at character 3");
    expect_refused("(a OR b", "open_paren", 0, "a parenthesis is not closed: '(' at character 1");
    expect_refused("a) b", "stray_paren", 1, "a parenthesis closes nothing: ')' at character 2");
    expect_refused("state: open", "missing_value", 0, "the filter has no value: 'state' at character 1");
    expect_refused("number:x", "bad_number", 7, "not a ticket number: 'x' at character 8");
    expect_refused("is:unasigned", "bad_value", 3,
                   "the filter does not know this value 'unasigned' at character 4; did you mean 'unassigned'?");
    expect_refused("prio:dringent", "bad_value", 5, "the filter does not know this value 'dringent' at character 6; did you mean 'dringend'?");
    expect_refused("a OR", "missing_term", 2, "something is missing beside this word: 'OR' at character 3");
    expect_refused("OR a", "missing_term", 0, "something is missing beside this word: 'OR' at character 1");
    expect_refused("a AND OR b", "missing_term", 2, "something is missing beside this word: 'AND' at character 3");
}

TEST(limits_hold) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct query *query;
    struct query_problem problem;
    struct error err = {0};
    struct buffer in = {.mem = &mem};
    for (int i = 0; i < 11; i++) buffer_add_char(&in, '(');
    EXPECT(!query_parse(&mem, buffer_text(&in), &query, &problem, &err));
    EXPECT_INT(problem.code, QUERY_TOO_DEEP);
    in.size = 0;
    for (int i = 0; i < 51; i++) buffer_add_string(&in, "a ");
    EXPECT(!query_parse(&mem, buffer_text(&in), &query, &problem, &err));
    EXPECT_INT(problem.code, QUERY_TOO_MANY_TERMS);
    for (int i = 0; i < 1000; i++) buffer_add_string(&in, "a");
    EXPECT(!query_parse(&mem, buffer_text(&in), &query, &problem, &err));
    EXPECT_INT(problem.code, QUERY_TOO_LONG);
}
