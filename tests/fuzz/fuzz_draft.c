/* Any output as that of a device that a template is drafted for. */
#include "author/draft.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct draft draft = DRAFT_INIT;
    struct err err = ERR_INIT;
    (void)draft_make(&draft, view_make((const char *)data, size), "show it", &err);
    draft_release(&draft);
    return 0;
}
