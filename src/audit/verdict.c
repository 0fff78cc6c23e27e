#include "audit/audit.h"

const char *const verdict_names[VERDICTS] = {
    [VERDICT_FAIL] = "FAIL", [VERDICT_ERROR] = "ERROR", [VERDICT_WAIVED] = "WAIVED",
    [VERDICT_PASS] = "PASS", [VERDICT_SKIP] = "SKIP",
};
