#include "modules/spam/weigh.h"

#include "tests/test.h"

#include <math.h>

static bool is_near(double got, double wanted) {
    return fabs(got - wanted) < 1e-9;
}

/* With twenty letters of each kind. (0.45 * 0.5 + 9) / (0.45 + 9) = 9.225 / 9.45 */
TEST(a_trait_says_more_the_more_often_it_was_seen) {
    const struct trait_count letters = {20, 20};
    EXPECT(is_near(trait_probability((struct trait_count){0, 0}, letters), 0.5));
    EXPECT(is_near(trait_probability((struct trait_count){5, 5}, letters), 0.5));
    EXPECT(is_near(trait_probability((struct trait_count){9, 0}, letters), 9.225 / 9.45));
    EXPECT(is_near(trait_probability((struct trait_count){0, 9}, letters), 0.225 / 9.45));
    EXPECT(is_near(trait_probability((struct trait_count){1, 0}, letters), 1.225 / 1.45));
}

/* 3 of 20 against 1 of 40: 0.15 / 0.175 = 6/7, seen four times. */
TEST(how_many_letters_there_were_of_each_kind_counts) {
    EXPECT(is_near(trait_probability((struct trait_count){3, 1}, (struct trait_count){20, 40}), (0.225 + 4 * 6.0 / 7) / 4.45));
}

/* With two degrees of freedom the tail is exp(-x/2), with four exp(-x/2) * (1 + x/2). */
TEST(the_tail_of_chi_square_is_what_the_tables_say) {
    EXPECT(is_near(chi_square_tail(2 * log(2), 1), 0.5));
    EXPECT(is_near(chi_square_tail(10, 2), 6 * exp(-5)));
    EXPECT(is_near(chi_square_tail(0, 3), 1));
    EXPECT(fabs(chi_square_tail(18.307, 5) - 0.05) < 1e-5); /* the 5 % point of ten degrees of freedom */
    EXPECT(is_near(chi_square_tail(100000, 150), 0));
}

/* Of two at 0.9: spam 1 - 0.01 * (1 - 2 ln 0.1 / 2 * 1), ham 1 - 0.81 * (1 - ln 0.81). */
TEST(what_agrees_adds_up_and_what_disagrees_is_undecided) {
    double spam = 1 - 0.01 * (1 - log(0.01)), ham = 1 - 0.81 * (1 - log(0.81));
    EXPECT(is_near(weigh((const double[]){0.9, 0.9}, 2), (1 + spam - ham) / 2));
    EXPECT(is_near(weigh((const double[]){0.1, 0.1}, 2), (1 - spam + ham) / 2));
    EXPECT(is_near(weigh((const double[]){0.9, 0.1}, 2), 0.5));
    EXPECT(is_near(weigh(NULL, 0), 0.5));
}

TEST(the_most_extreme_traits_stay_numbers) {
    double high[WEIGHED_MOST], low[WEIGHED_MOST], both[WEIGHED_MOST];
    for (int i = 0; i < WEIGHED_MOST; i++) {
        high[i] = trait_probability((struct trait_count){2000, 0}, (struct trait_count){2000, 2000});
        low[i] = trait_probability((struct trait_count){0, 2000}, (struct trait_count){2000, 2000});
        both[i] = i % 2 ? high[i] : low[i];
    }
    EXPECT(is_near(weigh(high, WEIGHED_MOST), 1));
    EXPECT(is_near(weigh(low, WEIGHED_MOST), 0));
    EXPECT(is_near(weigh(both, WEIGHED_MOST), 0.5));
}
