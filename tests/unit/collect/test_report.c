/* What people are told at the end of a run: numbers, words, order. */
#include "test.h"

#include "collect/report.h"

static struct host hosts[] = {
    {.index = 0, .name = "r1"},  {.index = 1, .name = "r2"},  {.index = 2, .name = "r3"},
    {.index = 3, .name = "r4"},  {.index = 4, .name = "r5"},  {.index = 5, .name = "r6"},
    {.index = 6, .name = "r7"},  {.index = 7, .name = "r8"},  {.index = 8, .name = "r9"},
    {.index = 9, .name = "r10"}, {.index = 10, .name = "r11"}};

static void add(struct report *report, size_t host, enum status status, char *reason)
{
    struct command_result commands[3] = {
        {.status = STATUS_OK}, {.status = STATUS_OK}, {.status = STATUS_OK}};
    struct host_result result = {.host = &hosts[host],
                                 .status = status,
                                 .reason = reason,
                                 .commands = commands,
                                 .ncommands = 3};
    report_add(report, &result);
}

static void says(const struct report *report, ms_t took, const char *want)
{
    struct strbuf text = STRBUF_INIT;
    report_summary(report, took, &text);
    report_failures(report, &text);
    CHECK_STR(text.buf, want);
    strbuf_release(&text);
}

static void all_is_well(void)
{
    struct report report = REPORT_INIT;
    add(&report, 0, STATUS_OK, NULL);
    report.commands = 1;
    says(&report, 1449, "Ran 1 command across 1 host in 1.4 s\n");
    says(&report, 9999, "Ran 1 command across 1 host in 9.9 s\n");
    says(&report, 59999, "Ran 1 command across 1 host in 59 s\n");
    says(&report, 125000, "Ran 1 command across 1 host in 2 min 5 s\n");
    report_release(&report);
}

static void failures_in_inventory_order(void)
{
    struct report report = REPORT_INIT;
    char late[] = "r3: show version: it ended", early[] = "login denied";
    add(&report, 2, STATUS_INCOMPLETE, late);
    add(&report, 1, STATUS_OK, NULL);
    add(&report, 0, STATUS_AUTH, early);
    says(&report, 0,
         "Ran 9 commands across 3 hosts in 0.0 s (2 failed)\n"
         "  r1: login denied\n"
         "  r3: show version: it ended\n");
    report_release(&report);
}

static void cancelled_hosts_are_counted(void)
{
    struct report report = REPORT_INIT;
    char reason[] = "interrupted";
    add(&report, 0, STATUS_CANCELLED, reason);
    add(&report, 1, STATUS_FAILED, NULL);
    says(&report, 0,
         "Ran 6 commands across 2 hosts in 0.0 s (2 failed, 1 of them cancelled)\n"
         "  r2: failed\n"
         "  not finished: r1\n");
    report_release(&report);
    for (size_t i = 0; i < 11; i++) {
        add(&report, i, STATUS_CANCELLED, reason);
    }
    says(&report, 0,
         "Ran 33 commands across 11 hosts in 0.0 s (11 failed, 11 of them cancelled)\n"
         "  not finished: r1, r2, r3, r4, r5, r6, r7, r8 and 3 more\n");
    report_release(&report);
}

int main(void)
{
    RUN(all_is_well);
    RUN(failures_in_inventory_order);
    RUN(cancelled_hosts_are_counted);
    return test_end();
}
