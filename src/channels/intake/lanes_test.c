#include "channels/intake/lanes.h"
#include "tests/test.h"

enum { MOST = 6 };

struct bench {
    struct arena mem;
    struct mail_row rows[MOST];
    struct mail_address from[MOST];
    struct letter letters[MOST];
    struct prepared prepared[MOST];
    struct text references[MOST];
    struct lane_letter at[MOST];
    size_t count, lanes[MOST];
};

static struct letter *add(struct bench *bench, const char *from, const char *id, const char *subject, const char *reference) {
    size_t i = bench->count++;
    bench->from[i] = (struct mail_address){text_of(""), text_of(from)};
    bench->letters[i] = (struct letter){.from = {.count = 1, .at = &bench->from[i]}, .message_id = text_of(id), .subject = text_of(subject)};
    bench->references[i] = text_of(reference);
    bench->prepared[i] = (struct prepared){.letter = &bench->letters[i], .references = {.count = *reference ? 1 : 0, .at = &bench->references[i]}};
    bench->rows[i].content_key = text_printf(&bench->mem, "content %zu", i);
    bench->at[i] = (struct lane_letter){&bench->rows[i], &bench->prepared[i]};
    return &bench->letters[i];
}

static const size_t *lanes(struct bench *bench) {
    lanes_of(&bench->mem, bench->at, bench->count, bench->lanes);
    return bench->lanes;
}

TEST(strangers_with_different_matters_stand_in_lanes_of_their_own) {
    struct bench bench = {0};
    add(&bench, "a@x.example", "<1@x>", "One", "");
    add(&bench, "b@x.example", "<2@x>", "Two", "");
    add(&bench, "c@x.example", "<3@x>", "", "");
    add(&bench, "d@x.example", "", "", "");
    for (size_t i = 0; i < 4; i++) EXPECT_INT(lanes(&bench)[i], i);
    arena_free(&bench.mem);
}

TEST(one_sender_one_subject_and_one_thread_share_a_lane) {
    struct bench bench = {0};
    add(&bench, "ana@x.example", "<1@x>", "Order", "");
    add(&bench, "eve@x.example", "<2@x>", "Else", "");
    add(&bench, "Ana@X.example", "<3@x>", "Other", "");
    add(&bench, "bob@x.example", "<4@x>", "AW: order", "");
    add(&bench, "cid@x.example", "<5@x>", "Fifth", "<3@x>");
    add(&bench, "dan@x.example", "<6@x>", "Sixth", "<5@x>");
    const size_t wanted[MOST] = {0, 1, 0, 0, 0, 0};
    for (size_t i = 0; i < MOST; i++) EXPECT_INT(lanes(&bench)[i], wanted[i]);
    arena_free(&bench.mem);
}

TEST(what_names_the_same_third_shares_a_lane_and_what_could_not_be_read_stands_alone) {
    struct bench bench = {0};
    add(&bench, "ana@x.example", "<1@x>", "One", "<ours@theke>");
    add(&bench, "bob@x.example", "<2@x>", "Two", "<ours@theke>");
    add(&bench, "", "<3@x>", "Undeliverable", "");
    bench.prepared[2].report.original_id = text_of("<ours@theke>");
    add(&bench, "cid@x.example", "<4@x>", "Three", "<ours@theke>");
    bench.at[3].prepared = NULL;
    add(&bench, "dan@x.example", "<5@x>", "Four", "");
    bench.rows[4].content_key = bench.rows[0].content_key;
    const size_t wanted[] = {0, 0, 0, 3, 0};
    for (size_t i = 0; i < 5; i++) EXPECT_INT(lanes(&bench)[i], wanted[i]);
    arena_free(&bench.mem);
}
