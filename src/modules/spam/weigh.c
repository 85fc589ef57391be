#include "modules/spam/weigh.h"

#include <math.h>

/* What is believed of a trait before anything is known of it, and how many letters that belief weighs as much as. */
static const double BELIEF = 0.5, STRENGTH = 0.45;

double trait_probability(struct trait_count trait, struct trait_count letters) {
    double spam = (double)trait.spam / (double)letters.spam, ham = (double)trait.ham / (double)letters.ham;
    double seen = (double)(trait.spam + trait.ham);
    if (seen <= 0) return BELIEF;
    return (STRENGTH * BELIEF + seen * (spam / (spam + ham))) / (STRENGTH + seen);
}

double chi_square_tail(double x, size_t half_freedom) {
    double half = x / 2, term = exp(-half), sum = term;
    for (size_t i = 1; i < half_freedom; i++) {
        term *= half / (double)i;
        sum += term;
    }
    return sum < 1 ? sum : 1;
}

double weigh(const double *probabilities, size_t count) {
    double spam = 0, ham = 0;
    if (!count) return BELIEF;
    for (size_t i = 0; i < count; i++) {
        spam += log(1 - probabilities[i]);
        ham += log(probabilities[i]);
    }
    double for_spam = 1 - chi_square_tail(-2 * spam, count), for_ham = 1 - chi_square_tail(-2 * ham, count);
    return (1 + for_spam - for_ham) / 2;
}
