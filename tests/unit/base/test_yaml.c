/* yaml, guess, number: files that people write, and files that somebody wrote to hurt. */
#include "test.h"

#include "base/guess.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/yaml.h"

#include <stddef.h>

struct settings {
    const char *name;
    int port;
    bool legacy;
    ms_t idle;
    size_t bytes;
    const char *const *groups;
    const struct yaml_node *data;
};

static const struct yaml_field fields[] = {
    YAML_FIELD("name", YAML_STRING, struct settings, name, .required = true),
    YAML_FIELD("port", YAML_INT, struct settings, port, .min = 1, .max = 65535),
    YAML_FIELD("legacy", YAML_BOOL, struct settings, legacy),
    YAML_FIELD("idle", YAML_DURATION, struct settings, idle),
    YAML_FIELD("bytes", YAML_SIZE, struct settings, bytes),
    YAML_FIELD("groups", YAML_STRINGS, struct settings, groups),
    YAML_FIELD("data", YAML_NODE, struct settings, data),
};

static int read_settings(struct yaml *y, const char *text, struct settings *s, struct err *err)
{
    *s = (struct settings){.port = 22};
    int code = yaml_read_text(y, "f.yml", view_of(text), err);
    if (code == 0) {
        code = yaml_read_map(y, y->root, "a host", fields, sizeof(fields) / sizeof(fields[0]),
                             s, err);
    }
    return code;
}

static void reads_a_map_by_its_table(void)
{
    struct yaml y;
    struct settings s;
    struct err err = ERR_INIT;
    CHECK(read_settings(&y,
                        "# comment\nname: no\nport: 2222\nlegacy: yes\nidle: 1.5m\nbytes: 64M\n"
                        "groups: [a, 'b c']\ndata: {x: &anchor 1, y: [1, 2]}\n",
                        &s, &err) == 0);
    CHECK_STR(s.name, "no");
    CHECK(s.port == 2222 && s.legacy && s.idle == 90000 && s.bytes == MIB(64));
    CHECK_STR(s.groups[1], "b c");
    CHECK(s.groups[2] == NULL);
    CHECK(s.data->count == 2 && s.data->line == 8 && s.data->first->column == 11);
    CHECK(yaml_get(s.data, "y")->count == 2 && !yaml_get(s.data, "z"));
    yaml_release(&y);
    CHECK(read_settings(&y, "{name: \"\", groups: one, port: null}", &s, &err) == 0);
    CHECK_STR(s.name, "");
    CHECK_STR(s.groups[0], "one");
    CHECK(s.port == 22);
    yaml_release(&y);
}

static void says_what_is_wrong_and_where(void)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"name: a\nprot: 1\n", "f.yml:2:1: a host has no key 'prot'; did you mean 'port'?"},
        {"name: a\nzzzzzz: 1\n", "f.yml:2:1: a host has no key 'zzzzzz'; there are name, port, "
                                 "legacy, idle, bytes, groups, data"},
        {"port: 1\n", "f.yml:1:1: a host needs the key 'name'"},
        {"name: a\nport: 0\n",
         "f.yml:2:7: 'port' must be a whole number from 1 to 65535, not '0'"},
        {"name: a\nport: [1]\n",
         "f.yml:2:7: 'port' must be a whole number from 1 to 65535, not a list"},
        {"name:\n", "f.yml:1:6: 'name' has no value; it must be text"},
        {"name: \"a\\0b\"\n", NULL},
        {"name: a\nlegacy: maybe\n", "f.yml:2:9: 'legacy' must be true or false, not 'maybe'"},
        {"name: a\nidle: -1\n",
         "f.yml:2:7: 'idle' must be a time like 30 (seconds), 500ms, 2m or 1h, not '-1'"},
        {"name: a\nbytes: 1T\n",
         "f.yml:2:8: 'bytes' must be a size like 65536, 64K, 64M or 1G, not '1T'"},
        {"name: a\ngroups: {}\n", "f.yml:2:9: 'groups' must be a list, not a map"},
        {"name: a\ngroups: [a, [b]]\n", "f.yml:2:13: this must be text, not a list"},
        {"", "f.yml:1:1: nothing is here; it must be a map (a host)"},
        {"name: a\nport: 1\nname: b\n",
         "f.yml:3:1: 'name' is here a second time; the first is in line 1"},
        {"a: &x 1\nb: *x\n", "f.yml:2:4: the alias *x: aliases are not supported here; quote "
                             "text that begins with *"},
        {"a: !vault x\n", "f.yml:1:4: the tag !vault is not supported here"},
        {"a: 1\n---\nb: 1\n", "f.yml:2:1: a second document begins here; one file holds one"},
        {"[a]: 1\n", "f.yml:1:1: a key must be text, not a list"},
        {"a: b: c\n", "f.yml:1:5: mapping values are not allowed in this context; "
                      "quote text that contains ': '"},
        {"a:\n\tb: 1\n",
         "f.yml:2:1: found character that cannot start any token (while scanning for the next "
         "token, line 2); indent with spaces, not tabs, and quote text that begins with one of "
         "%@`"},
        {"a: 'x\n", NULL},
        {"a: \xFF\n", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct yaml y;
        struct settings s;
        struct err err = ERR_INIT;
        CHECK(read_settings(&y, cases[i].text, &s, &err) == ERR_INPUT);
        CHECK(strncmp(err.text, "f.yml:", 6) == 0);
        if (cases[i].error) {
            CHECK_STR(err.text, cases[i].error);
        }
        yaml_release(&y);
    }
}

static void finds_keys_among_many(void)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml y;
    struct err err = ERR_INIT;
    for (int i = 0; i < 20000; i++) {
        strbuf_addf(&text, "h%d: {port: %d}\n", (i * 7919) % 20000, i);
    }
    ms_t start = now_ms();
    CHECK(yaml_read_text(&y, "f", strbuf_view(&text), &err) == 0);
    CHECK(now_ms() - start < 5000);
    CHECK(y.root->count == 20000);
    CHECK(yaml_get(y.root, "h0")->key_line == 1);
    CHECK(yaml_get(y.root, "h19999") && !yaml_get(y.root, "h20000"));
    yaml_release(&y);
    strbuf_addstr(&text, "h123: {}\n");
    CHECK(yaml_read_text(&y, "f", strbuf_view(&text), &err) == ERR_INPUT);
    CHECK(strstr(err.text, "f:20001:1: 'h123' is here a second time; the first is in line "));
    strbuf_release(&text);
}

static void hostile(const char *open, size_t times, const char *tail, ms_t limit)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml y;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < times; i++) {
        strbuf_addstr(&text, open);
    }
    strbuf_addstr(&text, tail);
    ms_t start = now_ms();
    CHECK(yaml_read_text(&y, "bad", strbuf_view(&text), &err) == ERR_INPUT);
    ms_t took = now_ms() - start;
    CHECK(took <= limit);
    if (took > limit) {
        fprintf(stderr, "%s x %zu: %d ms: %s\n", open, times, (int)took, err.text);
    }
    yaml_release(&y);
    strbuf_release(&text);
}

/* Limits are generous: sanitizers and loaded machines are slow, quadratic is minutes. */
static void hostile_files_end_soon(void)
{
    hostile("[", 1000000, "", 1000);
    hostile("{", 1000000, "", 1000);
    hostile("- ", 500000, "", 1000);
    hostile("? ", 500000, "", 1000);
    hostile("{a: ", 250000, "", 1000);
    hostile("[a, ", 250000, "", 1000);
    hostile("\"", 999999, "", 1000);
    hostile("a: &a [*a, *a]\n", 1, "", 1000);
    hostile("!a ", 300000, "", 1000);
    hostile("&a ", 300000, "", 1000);
    hostile("#", 16 << 20, "\n[", 3000);
    hostile("x", (16 << 20) - 8, ": [", 3000);
    hostile("x", (16 << 20) + 1, "", 3000);
    hostile("- a\n", 2100000, "", 20000);
    hostile("%YAML 1.1\n", 1000, "", 1000);
}

static void depth_is_exact(void)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml y;
    strbuf_addchars(&text, '[', LIMIT_YAML_DEPTH);
    strbuf_addchars(&text, ']', LIMIT_YAML_DEPTH);
    CHECK(yaml_read_text(&y, "f", strbuf_view(&text), NULL) == 0);
    yaml_release(&y);
    strbuf_reset(&text);
    strbuf_addchars(&text, '[', LIMIT_YAML_DEPTH + 1);
    strbuf_addchars(&text, ']', LIMIT_YAML_DEPTH + 1);
    CHECK(yaml_read_text(&y, "f", strbuf_view(&text), NULL) == ERR_INPUT);
    strbuf_release(&text);
}

static void guesses_are_near(void)
{
    static const char *const known[] = {"show",      "hosts",     "parse",
                                        "cisco_asa", "cisco_ios", "version"};
    static const struct {
        const char *word, *best;
    } cases[] = {
        {"pasre", "parse"},
        {"host", "hosts"},
        {"cisco-ios", "cisco_ios"},
        {"CISCO_IOS", "cisco_ios"},
        {"cisco_oss", "cisco_ios"},
        {"cisco_isos", "cisco_ios"},
        {"x", NULL},
        {"", NULL},
        {"perfectly", NULL},
        {"sohw", "show"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *best = guess_nearest(view_of(cases[i].word), known, 6);
        CHECK_STR(best ? best : "-", cases[i].best ? cases[i].best : "-");
    }
    char longest[200];
    memset(longest, 'a', sizeof(longest));
    CHECK(!guess_nearest(view_make(longest, sizeof(longest)), known, 6));
}

static void numbers_are_whole_words(void)
{
    int64_t n = 7;
    ms_t ms = 7;
    size_t bytes = 7;
    CHECK(number_int(VIEW("-12"), -20, 20, &n) && n == -12);
    static const char *const no_int[] = {
        "", "-", "+1", " 1", "1 ", "0x1", "21", "1e1", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof(no_int) / sizeof(no_int[0]); i++) {
        CHECK(!number_int(view_of(no_int[i]), -20, 20, &n));
    }
    CHECK(number_duration(VIEW("500ms"), &ms) && ms == 500);
    CHECK(number_duration(VIEW("0.25"), &ms) && ms == 250);
    CHECK(number_duration(VIEW("2h"), &ms) && ms == 7200000);
    CHECK(number_duration(VIEW("0.123456789123456789s"), &ms) && ms == 123);
    CHECK(!number_duration(VIEW("1."), &ms) && !number_duration(VIEW("1w"), &ms));
    CHECK(!number_duration(VIEW("9223372036854775807"), &ms) && ms == 123);
    CHECK(number_size(VIEW("64K"), &bytes) && bytes == 65536);
    CHECK(number_size(VIEW("1GiB"), &bytes) && bytes == (size_t)1 << 30);
    CHECK(!number_size(VIEW("1.5M"), &bytes) && !number_size(VIEW("M"), &bytes));
    CHECK(!number_size(VIEW("18446744073709551615G"), &bytes));
}

int main(void)
{
    RUN(reads_a_map_by_its_table);
    RUN(says_what_is_wrong_and_where);
    RUN(finds_keys_among_many);
    RUN(hostile_files_end_soon);
    RUN(depth_is_exact);
    RUN(guesses_are_near);
    RUN(numbers_are_whole_words);
    return test_end();
}
