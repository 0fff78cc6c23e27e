#include "base/lazy.h"

#ifdef HAVE_XLSXWRITER

#include "output/libxlsxwriter.h"

struct libxlsxwriter libxlsxwriter;

int libxlsxwriter_load(struct err *err)
{
    static const char *const names[] = {LIBXLSXWRITER_FUNCTIONS(LAZY_NAME) NULL};
    static struct lazy_library library = {.file = XLSXWRITER_FILE,
                                          .package = "libxlsxwriter-dev",
                                          .names = names,
                                          .table = &libxlsxwriter};
    return lazy_load(&library, err);
}

#endif
