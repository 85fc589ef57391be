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
    expect_means("beobachtet:ich erwähnt:én watching:anna", "watching:me mentioned:me watching:anna");
}

TEST(values_may_be_quoted_listed_or_begun) {
    expect_means("from:\"Ana Kovács\" subject:\"a:b (c)\"", "from:\"Ana Kovács\" subject:\"a:b (c)\"");
    expect_means("state:open,waiting -tag:vip,vop", "(state:open OR state:waiting) -(tag:vip OR tag:vop)");
    expect_means("invoic* from:an*", "invoic* from:an*");
    expect_means("#48213 number:7", "number:48213 number:7");
}

TEST(what_has_an_order_is_compared) {
    expect_means("priority:>=high priorität:hoch prio:normal..sürgős", "priority:>=high priority:high priority:normal..urgent");
    expect_means("messages:>3 nachrichten:≤5 üzenetek:2..4 messages:4.. messages:..9", "messages:>3 messages:<=5 messages:2..4 messages:>=4 messages:<=9");
    expect_means("created:2026-11-01 erstellt:>1.11.2026 létrehozva:2026.10.01...2026.10.02.", "created:2026-11-01 created:>2026-11-01 created:2026-10-01..2026-10-02");
    expect_means("created:<7d updated:>48h bis:<2T closed:>=3w activity:<90min gelöst:<2std", "created:<7d updated:>48h until:<2d closed:>=3w activity:<90min resolved:<2h");
    expect_means("created:heute -updated:tegnap until:<=tomorrow created:2026-01-01..today after:yesterday", "created:today -updated:yesterday until:<=tomorrow created:2026-01-01..today after:yesterday");
    expect_means("requester:ana@example.org ügyfél:\"Ana Kovács\" wartet:kunde,dritte", "requester:ana@example.org requester:\"Ana Kovács\" (waiting:customer OR waiting:third_party)");
    expect_means("field.order_no:4711 feld.Betrag:>100 field.colour:\"dark red\"", "field.order_no:4711 field.betrag:>100 field.colour:\"dark red\"");
}

TEST(what_has_no_order_is_not_compared) {
    expect_means("tag:>vip subject:a..b", "tag:>vip subject:a..b");
    expect_refused("created:7d", "bad_time", 8, "not a time: write a day (2026-11-01, today), days A..B, or an age such as <7d: '7d' at character 9");
    expect_refused("created:1d..7d", "bad_time", 8, "not a time: write a day (2026-11-01, today), days A..B, or an age such as <7d: '1d' at character 9");
    expect_refused("messages:>x", "bad_number", 10, "not a number that this filter takes: 'x' at character 11");
    expect_refused("priority:>=hihg", "bad_value", 11, "the filter does not know this value 'hihg' at character 12; did you mean 'high'?");
    expect_refused("priority:>", "missing_value", 9, "the filter has no value: '>' at character 10");
}

static void expect_json(const char *text, const char *json) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct query *query = NULL;
    struct error err = {0};
    EXPECT_OK(query_parse(&mem, text_of(text), &query, NULL, &err), err);
    EXPECT_TEXT(query_write_json(&mem, query), json);
    EXPECT_OK(query_parse_json(&mem, text_of(json), "condition", &query, &err), err);
    EXPECT_TEXT(query_write(&mem, query), text);
}

TEST(a_condition_is_the_same_as_text_and_as_json) {
    expect_json("", "{\"all\":[]}");
    expect_json("priority:>=high", "{\"field\":\"priority\",\"compare\":\">=\",\"value\":\"high\"}");
    expect_json("lamp* \"in two\"", "{\"all\":[{\"field\":\"text\",\"compare\":\"=\",\"value\":\"lamp\",\"prefix\":true},"
                                    "{\"field\":\"text\",\"compare\":\"=\",\"value\":\"in two\",\"phrase\":true}]}");
    expect_json("-(tag:a created:<7d)", "{\"not\":{\"all\":[{\"field\":\"tag\",\"compare\":\"=\",\"value\":\"a\"},"
                                        "{\"field\":\"created\",\"compare\":\"<\",\"value\":\"7d\"}]}}");
    expect_json("field.name:lam* field.size:1..5*", "{\"all\":[{\"field\":\"field.name\",\"compare\":\"=\",\"value\":\"lam\",\"prefix\":true},"
                                                    "{\"field\":\"field.size\",\"compare\":\"..\",\"value\":\"1\",\"end\":\"5*\"}]}");
    expect_json("messages:2..4 OR field.size:big", "{\"any\":[{\"field\":\"messages\",\"compare\":\"..\",\"value\":\"2\",\"end\":\"4\"},"
                                                   "{\"field\":\"field.size\",\"compare\":\"=\",\"value\":\"big\"}]}");
}

static void expect_json_refused(const char *json, const char *field, const char *code) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct query *query = NULL;
    struct error err = {0};
    EXPECT(!query_parse_json(&mem, text_of(json), "condition", &query, &err));
    EXPECT_TEXT(text_of(err.fields[0].field), field);
    EXPECT_TEXT(text_of(err.fields[0].code), code);
}

TEST(json_that_is_no_condition_is_refused_at_its_place) {
    expect_json_refused("[]", "condition", "bad_shape");
    expect_json_refused("{\"all\":[{\"field\":\"tag\",\"value\":\"a\"},{\"field\":\"staet\",\"value\":\"a\"}]}", "condition.all[1].field", "unknown_filter");
    expect_json_refused("{\"not\":{\"field\":\"tag\",\"compare\":\">\",\"value\":\"a\"}}", "condition.not.compare", "bad_compare");
    expect_json_refused("{\"field\":\"created\",\"value\":\"soon\"}", "condition.value", "bad_time");
    expect_json_refused("{\"field\":\"tag\",\"value\":\"\"}", "condition.value", "missing_value");
    expect_json_refused("{\"field\":\"tag\",\"value\":\"a\",\"vlaue\":1}", "condition.vlaue", "bad_shape");
    expect_json_refused("{\"all\":[{\"any\":[]}]}", "condition.all[0]", "missing_term");
}

TEST(json_values_that_the_text_could_not_say_are_quoted) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct query *query = NULL;
    struct error err = {0};
    const char *json = "{\"all\":[{\"field\":\"tag\",\"value\":\"a,b\"},{\"field\":\"text\",\"value\":\"OR\"},{\"field\":\"number\",\"value\":7}]}";
    EXPECT_OK(query_parse_json(&mem, text_of(json), "condition", &query, &err), err);
    EXPECT_TEXT(query_write(&mem, query), "tag:\"a,b\" \"OR\" number:7");
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
    expect_refused("number:x", "bad_number", 7, "not a number that this filter takes: 'x' at character 8");
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
