/* defs.h - the few macros of Theke. No other macro steers control flow or pastes names. */
#ifndef THEKE_BASE_DEFS_H
#define THEKE_BASE_DEFS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The caller has to look at the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* Calls destructor(&variable) when the variable's scope ends. Destructors accept half-built objects. */
#define SCOPED(destructor) __attribute__((cleanup(destructor), unused)) /* clang does not see the destructor use it */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
