#include "base/guess.h"

/* Longer words are no slips, and the rows of the distance table stay on the stack. */
#define LONGEST 64

void guess_init(struct guess *guess, struct view word)
{
    guess->word = word;
    guess->best = NULL;
    guess->kept = 0;
    guess->distance = word.len < 3 ? 2 : word.len / 3 + 1;
}

static unsigned char fold(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (unsigned char)(c - 'A' + 'a');
    }
    return c == '-' ? '_' : (unsigned char)c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, three rows at a time. */
static size_t distance(struct view a, struct view b)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = fold(a.ptr[i - 1]) == fold(b.ptr[j - 1]) ? 0 : 1;
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
            if (i > 1 && j > 1 && fold(a.ptr[i - 1]) == fold(b.ptr[j - 2]) &&
                fold(a.ptr[i - 2]) == fold(b.ptr[j - 1])) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b.len];
}

/* How many letters of a stand at the same place from the beginning or the end of b. */
static size_t kept(struct view a, struct view b)
{
    size_t n = least(a.len, b.len), front = 0, back = 0;
    while (front < n && fold(a.ptr[front]) == fold(b.ptr[front])) {
        front++;
    }
    while (back < n - front && fold(a.ptr[a.len - 1 - back]) == fold(b.ptr[b.len - 1 - back])) {
        back++;
    }
    return front + back;
}

void guess_offer(struct guess *guess, const char *known)
{
    struct view other = view_of(known);
    if (guess->word.len > LONGEST || other.len > LONGEST) {
        return;
    }
    size_t d = distance(guess->word, other), same = kept(guess->word, other);
    bool nearer =
        d < guess->distance || (guess->best && d == guess->distance && same > guess->kept);
    if (nearer && d < other.len) {
        guess->distance = d;
        guess->kept = same;
        guess->best = known;
    }
}

const char *guess_nearest(struct view word, const char *const *known, size_t n)
{
    struct guess guess;
    guess_init(&guess, word);
    for (size_t i = 0; i < n; i++) {
        guess_offer(&guess, known[i]);
    }
    return guess.best;
}
