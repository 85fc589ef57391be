/* weigh.h - how much a letter is like those that people called spam.
 *
 * Gary Robinson, "A Statistical Approach to the Spam Problem", Linux Journal, March 2003. Each trait has a probability that a letter with
 * it is spam, from how many letters of each kind had it; a trait that was seen seldom says little. The probabilities are combined by
 * Fisher's method, once for spam and once against it, and the two are held against each other: 0 is no spam, 1 is spam, and what speaks
 * for neither or for both comes out near 0.5. Pure arithmetic: the same counts give the same answer. */
#ifndef THEKE_MODULES_SPAM_WEIGH_H
#define THEKE_MODULES_SPAM_WEIGH_H

#include <stddef.h>
#include <stdint.h>

/* In how many letters of each kind a trait was. */
struct trait_count {
    int64_t spam, ham;
};

/* Of how many letters of each kind; each at least 1. */
double trait_probability(struct trait_count trait, struct trait_count letters);

/* That chi-square with twice so many degrees of freedom is as large as x or larger. */
double chi_square_tail(double x, size_t half_freedom);

/* Traits nearer to 0.5 than 0.1 say nothing. probabilities: those of the others. No more than 150 of them should be weighed. */
enum { WEIGHED_MOST = 150 };
double weigh(const double *probabilities, size_t count);

#endif
