/*
 * Backtracking that remembers: the same match, with the same groups, as Python's and PCRE2's
 * backtracking finds, but no place in the pattern is tried twice at the same place of the
 * subject. So the steps are at most (length of the program) x (length of the subject), where
 * backtracking without a memory may need exponentially many. It is slower than PCRE2 on
 * everything that is not pathological: match.c comes here when PCRE2 has used up a first number
 * of steps.
 *
 * Only for patterns that a program can say.
 */
#ifndef REGEX_MEMO_H
#define REGEX_MEMO_H

#include "base/alloc.h"
#include "base/view.h"
#include "regex/program.h"
#include "regex/unicode.h"

/* Memory for matching, kept from match to match. Zeroed it is empty. */
struct memo {
    const struct alloc *alloc;
    size_t most; /* bytes that it may take */
    uint64_t *tried;
    size_t tried_size; /* bytes */
    struct memo_job *jobs;
    size_t njobs, jobs_size; /* counts */
    size_t *slots;
    size_t nslots;
    struct unicode unicode;
};

void memo_init(struct memo *memo, const struct alloc *alloc, size_t most);
void memo_release(struct memo *memo);

/*
 * subject is UTF-8 in which there may be surrogates. 1 with memo->slots[2 * group] and [2 *
 * group + 1] (SIZE_MAX: no part), 0 for no match, ERR_LIMIT when it would take more memory than
 * it may, or the program is for ASCII only and subject is not; ERR_NOMEM.
 */
int memo_match(struct memo *memo, const struct program *program, struct view subject,
               bool anchored);

#endif
