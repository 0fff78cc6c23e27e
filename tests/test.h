/*
 * The whole test harness: CHECK() counts and names what failed, RUN() runs one test function,
 * and main ends with `return test_end();`, which prints "N passed, N failed".
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_passed, test_failed, test_failed_here;

#define CHECK(cond)                                                                              \
    do {                                                                                         \
        if (!(cond)) {                                                                           \
            fprintf(stderr, "%s:%d: %s: CHECK(%s)\n", __FILE__, __LINE__, __func__, #cond);      \
            test_failed_here++;                                                                  \
        }                                                                                        \
    } while (0)

#define CHECK_STR(got, want)                                                                     \
    do {                                                                                         \
        const char *got_ = (got), *want_ = (want);                                               \
        if (strcmp(got_, want_) != 0) {                                                          \
            fprintf(stderr, "%s:%d: %s:\n  got  \"%s\"\n  want \"%s\"\n", __FILE__, __LINE__,    \
                    __func__, got_, want_);                                                      \
            test_failed_here++;                                                                  \
        }                                                                                        \
    } while (0)

#define RUN(fn)                                                                                  \
    do {                                                                                         \
        test_failed_here = 0;                                                                    \
        fn();                                                                                    \
        if (test_failed_here) {                                                                  \
            test_failed++;                                                                       \
        } else {                                                                                 \
            test_passed++;                                                                       \
        }                                                                                        \
    } while (0)

static inline int test_end(void)
{
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed ? 1 : 0;
}

#endif
