#include "base/lazy.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static void loads_once(void)
{
    static struct {
        __typeof__(abs) *abs;
    } table;
    static const char *const names[] = {"abs", NULL};
    static struct lazy_library library = {.file = "libc.so.6", .names = names, .table = &table};
    struct err err = ERR_INIT;
    CHECK(lazy_load(&library, &err) == 0);
    CHECK(table.abs && table.abs(-7) == 7);
    table.abs = NULL;
    CHECK(lazy_load(&library, &err) == 0 && !table.abs);
}

static void says_what_to_install(void)
{
    static const char *const names[] = {NULL};
    static struct lazy_library library = {
        .file = "libnobody-has-this.so.9", .package = "libnobody9", .names = names};
    struct err err = ERR_INIT;
    CHECK(lazy_load(&library, &err) == ERR_INPUT);
    CHECK(strstr(err.text, "libnobody-has-this.so.9"));
    CHECK(strstr(err.text, "apt-get install libnobody9"));
}

static void says_which_function_is_missing(void)
{
    static void (*table[2])(void);
    static const char *const names[] = {"abs", "no_such_function", NULL};
    static struct lazy_library library = {.file = "libc.so.6", .names = names, .table = table};
    struct err err = ERR_INIT;
    CHECK(lazy_load(&library, &err) == ERR_INPUT && strstr(err.text, "no_such_function"));
    CHECK(lazy_load(&library, &err) == ERR_INPUT);
}

int main(void)
{
    RUN(loads_once);
    RUN(says_what_to_install);
    RUN(says_which_function_is_missing);
    return test_end();
}
