#include "collect/loop_memory.h"

#include "base/limits.h"

#include <stdlib.h>

/* Asked for in pieces of this size: not at each read. */
#define PIECE MIB(1)

int loop_memory_init(struct loop_memory *memory, size_t njobs, struct err *err)
{
    *memory = (struct loop_memory){.bytes = calloc(njobs + 1, sizeof(*memory->bytes))};
    return memory->bytes ? 0 : err_nomem(err);
}

void loop_memory_release(struct loop_memory *memory)
{
    free(memory->bytes);
    *memory = (struct loop_memory){NULL, 0, 0, 0};
}

bool loop_memory_want(struct loop_memory *memory, size_t job, size_t bytes)
{
    size_t share = (bytes / PIECE + 1) * PIECE, has = memory->bytes[job];
    if (share <= has) {
        return true;
    }
    if (memory->sum - has + share > LIMIT_LARGE_OUTPUTS) {
        memory->first = memory->first ? memory->first : job + 1;
        if (memory->first != job + 1) {
            memory->waiting++;
            return false;
        }
    }
    memory->sum += share - has;
    memory->bytes[job] = share;
    return true;
}

bool loop_memory_give(struct loop_memory *memory, size_t job)
{
    bool wake = memory->waiting > 0 && memory->bytes[job] > 0;
    memory->sum -= memory->bytes[job];
    memory->bytes[job] = 0;
    memory->first = memory->first == job + 1 ? 0 : memory->first;
    memory->waiting = wake ? 0 : memory->waiting;
    return wake;
}
