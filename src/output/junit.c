#include "output/junit.h"

#include "output/markup.h"

static void add_attribute(struct strbuf *out, const char *name, struct view value)
{
    strbuf_addf(out, " %s=\"", name);
    markup_add_attribute(out, value);
    strbuf_addch(out, '"');
}

/* Ant's schema has times without a zone. */
static struct view without_zone(const char *timestamp)
{
    return view_make(timestamp, strspn(timestamp, "0123456789-:T"));
}

void junit_open(struct strbuf *out)
{
    strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

static void add_properties(struct strbuf *out, const struct junit_suite *suite)
{
    strbuf_addstr(out, "    <properties>\n");
    for (size_t i = 0; i < suite->nproperties; i++) {
        if (suite->properties[i].value) {
            strbuf_addstr(out, "      <property");
            add_attribute(out, "name", view_of(suite->properties[i].name));
            add_attribute(out, "value", view_of(suite->properties[i].value));
            strbuf_addstr(out, "/>\n");
        }
    }
    strbuf_addstr(out, "    </properties>\n");
}

void junit_suite_open(struct strbuf *out, const struct junit_suite *suite)
{
    strbuf_addstr(out, "  <testsuite");
    add_attribute(out, "name", view_of(suite->name));
    strbuf_addf(out,
                " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\"",
                suite->tests, suite->failures, suite->errors, suite->skipped);
    if (suite->timestamp) {
        add_attribute(out, "timestamp", without_zone(suite->timestamp));
    }
    strbuf_addf(out, " hostname=\"localhost\" package=\"collect\" id=\"%zu\">\n", suite->id);
    add_properties(out, suite);
}

static void add_outcome(struct strbuf *out, const struct junit_case *one)
{
    const char *tag = one->outcome == JUNIT_FAILED  ? "failure"
                      : one->outcome == JUNIT_ERROR ? "error"
                                                    : "skipped";
    strbuf_addf(out, "      <%s", tag);
    if (one->message.len) {
        add_attribute(out, "message", one->message);
    }
    if (one->outcome == JUNIT_SKIPPED) {
        strbuf_addstr(out, "/>\n");
        return;
    }
    add_attribute(out, "type", view_of(tag));
    strbuf_addch(out, '>');
    markup_add(out, one->text);
    strbuf_addf(out, "</%s>\n", tag);
}

void junit_case(struct strbuf *out, const struct junit_case *one)
{
    strbuf_addstr(out, "    <testcase");
    add_attribute(out, "classname", one->classname);
    add_attribute(out, "name", one->name);
    strbuf_addstr(out, " time=\"0\"");
    if (one->outcome == JUNIT_PASSED) {
        strbuf_addstr(out, "/>\n");
        return;
    }
    strbuf_addstr(out, ">\n");
    add_outcome(out, one);
    strbuf_addstr(out, "    </testcase>\n");
}

void junit_suite_close(struct strbuf *out, struct view log)
{
    strbuf_addstr(out, "    <system-out>");
    markup_add(out, log);
    strbuf_addstr(out, "</system-out>\n    <system-err></system-err>\n  </testsuite>\n");
}

void junit_close(struct strbuf *out)
{
    strbuf_addstr(out, "</testsuites>\n");
}
