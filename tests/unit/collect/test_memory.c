/* Who may hold how much: small outputs always, large ones up to a sum, and beyond it one. */
#include "test.h"

#include "base/limits.h"
#include "collect/loop_memory.h"

static struct loop_memory memory;

static void begin(void)
{
    struct err err = ERR_INIT;
    loop_memory_release(&memory);
    CHECK(loop_memory_init(&memory, 4, &err) == 0);
}

static void together_up_to_a_sum(void)
{
    begin();
    CHECK(loop_memory_want(&memory, 0, LIMIT_LARGE_OUTPUTS / 2 - 1));
    CHECK(loop_memory_want(&memory, 1, LIMIT_LARGE_OUTPUTS / 2 - 1));
    CHECK(memory.sum == LIMIT_LARGE_OUTPUTS);
    CHECK(loop_memory_want(&memory, 0, 5)); /* it has more already */
    CHECK(!memory.first && !memory.waiting);
}

static void one_beyond_it(void)
{
    begin();
    CHECK(loop_memory_want(&memory, 0, LIMIT_LARGE_OUTPUTS - 1));
    CHECK(loop_memory_want(&memory, 1, MIB(9))); /* the first that comes to it */
    CHECK(!loop_memory_want(&memory, 0, LIMIT_LARGE_OUTPUTS));
    CHECK(!loop_memory_want(&memory, 2, 1));
    CHECK(loop_memory_want(&memory, 1, LIMIT_COMMAND_BYTES));
    CHECK(memory.waiting == 2);
    CHECK(loop_memory_give(&memory, 1)); /* somebody waits */
    CHECK(memory.sum == LIMIT_LARGE_OUTPUTS && !memory.waiting);
    CHECK(loop_memory_want(&memory, 0, LIMIT_LARGE_OUTPUTS)); /* now it is the one */
    CHECK(!loop_memory_want(&memory, 2, 1));
}

static void what_is_given_back_counts_no_more(void)
{
    begin();
    CHECK(!loop_memory_give(&memory, 3)); /* it had nothing, nobody waits */
    CHECK(loop_memory_want(&memory, 0, LIMIT_LARGE_OUTPUTS - 1));
    CHECK(!loop_memory_give(&memory, 0));
    CHECK(memory.sum == 0);
    CHECK(loop_memory_want(&memory, 1, MIB(100)) && memory.first == 2);
    CHECK(!loop_memory_want(&memory, 2, 1));
    CHECK(!loop_memory_give(&memory, 3)); /* holds nothing: nobody has to be woken for it */
    CHECK(loop_memory_give(&memory, 1) && memory.sum == 0 && !memory.first);
}

int main(void)
{
    RUN(together_up_to_a_sum);
    RUN(one_beyond_it);
    RUN(what_is_given_back_counts_no_more);
    loop_memory_release(&memory);
    return test_end();
}
