/*
 * dialogue: every recorded dialogue, in chunks of every size, cut at every byte, silent at
 * every byte. `test_dialogue --bless` writes the outcomes into the fixtures anew.
 */
#include "test.h"

#include "base/limits.h"
#include "replay.h"

#include <dirent.h>
#include <sys/stat.h>

static struct platform_set *platforms;
static struct regex_scratch *scratch;
static struct replay *replays[400];
static char *paths[400];
static size_t nreplays;
static bool bless;

static const char *source_dir(void)
{
    const char *dir = getenv("SOURCE_DIR");
    return dir ? dir : ".";
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_in(const char *dir, int depth)
{
    DIR *stream = opendir(dir);
    for (struct dirent *e; stream && (e = readdir(stream));) {
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] == '.') {
        } else if (depth > 0) {
            find_in(path.buf, depth - 1);
        } else if (view_ends(strbuf_view(&path), VIEW(".dialogue")) && nreplays < 400) {
            paths[nreplays++] = strbuf_detach(&path, NULL);
        }
        strbuf_release(&path);
    }
    if (stream) {
        closedir(stream);
    }
}

static void read_all(void)
{
    struct strbuf dir = STRBUF_INIT;
    struct err err = ERR_INIT;
    strbuf_addf(&dir, "%s/templates", source_dir());
    const char *dirs[] = {dir.buf};
    if (platform_set_read(&platforms, dirs, 1, &err) < 0) {
        replay_die(dir.buf, 0, err.text);
    }
    scratch = regex_scratch_new(NULL, NULL);
    strbuf_reset(&dir);
    strbuf_addf(&dir, "%s/fixtures/dialogues", source_dir());
    find_in(dir.buf, 1);
    qsort(paths, nreplays, sizeof(paths[0]), by_text);
    for (size_t i = 0; i < nreplays; i++) {
        replays[i] = replay_read(paths[i]);
    }
    strbuf_release(&dir);
}

static const struct platform *platform_of(const struct replay *r)
{
    const struct platform *p = platform_find(platforms, r->platform);
    if (!p) {
        replay_die(r->path, 1, "no such platform");
    }
    return p;
}

static struct view golden(const struct replay *r)
{
    return view_slice(strbuf_view(&r->text), r->body, r->text.len);
}

static void play(struct replay_run *run, const struct replay *r, struct replay_options options)
{
    replay_run(run, r, platform_of(r), &options, scratch);
}

static bool check_outcome(const struct replay *r, const struct replay_run *run, const char *how,
                          size_t size)
{
    bool same = view_equal(golden(r), strbuf_view(&run->outcome)) && !run->trouble;
    if (!same) {
        fprintf(stderr, "%s: %s %zu:\n", r->path, how, size);
        if (run->trouble) {
            fprintf(stderr, "%s:%d: %s; typed: \"%s\"\n", r->path, run->trouble_line,
                    run->trouble, run->typed.buf);
        }
        fprintf(stderr, "%s", run->outcome.buf);
    }
    CHECK(same);
    return same;
}

static void write_outcome(const struct replay *r, const struct replay_run *run)
{
    FILE *file = fopen(r->path, "w");
    if (!file || fwrite(r->text.buf, 1, r->body, file) != r->body ||
        fwrite(run->outcome.buf, 1, run->outcome.len, file) != run->outcome.len ||
        fclose(file) != 0) {
        replay_die(r->path, 0, "cannot write it");
    }
}

/* No secret was typed that the device did not ask for: none is left unread. */
static bool holds(struct view text, struct view secret)
{
    for (size_t i = 0; secret.len > 0 && i + secret.len <= text.len; i++) {
        if (memcmp(text.ptr + i, secret.ptr, secret.len) == 0) {
            return true;
        }
    }
    return false;
}

/* Time that passes without the recording saying so: there is none, for nothing ever sleeps. */
static bool says_quiet(const struct replay *r)
{
    for (size_t i = 0; i < r->nsteps; i++) {
        if (r->steps[i].kind == REPLAY_QUIET) {
            return true;
        }
    }
    return false;
}

static void check_manners(const struct replay *r, const struct replay_run *run)
{
    bool leaked = holds(strbuf_view(&run->typed), r->enable) ||
                  holds(strbuf_view(&run->typed), r->password);
    bool slept = run->max_deadlines > 0 && !says_quiet(r);
    CHECK(!leaked);
    CHECK(!slept);
    if (leaked || slept) {
        fprintf(stderr, "%s: %s\n", r->path, leaked ? "a secret was typed" : "time passed");
    }
}

static void whole_dialogues_end_as_recorded(void)
{
    CHECK(nreplays > 0);
    for (size_t i = 0; i < nreplays; i++) {
        struct replay_run run;
        play(&run, replays[i], (struct replay_options){.cut = REPLAY_WHOLE});
        if (bless && !run.trouble) {
            write_outcome(replays[i], &run);
        } else {
            check_outcome(replays[i], &run, "chunk", 0);
            check_manners(replays[i], &run);
        }
        replay_run_release(&run);
    }
}

static void every_chunk_size_is_the_same(void)
{
    for (size_t i = 0; i < nreplays; i++) {
        size_t bytes = replay_bytes(replays[i]);
        bool same = true;
        for (size_t chunk = 1; chunk <= bytes && same; chunk += chunk < 4096 ? 1 : 509) {
            struct replay_run run;
            play(&run, replays[i],
                 (struct replay_options){.chunk = chunk, .cut = REPLAY_WHOLE});
            same = check_outcome(replays[i], &run, "chunk", chunk);
            replay_run_release(&run);
        }
        for (unsigned seed = 1; seed <= 100 && same; seed++) {
            struct replay_run run;
            play(&run, replays[i],
                 (struct replay_options){.chunk = 40, .seed = seed, .cut = REPLAY_WHOLE});
            same = check_outcome(replays[i], &run, "seed", seed);
            replay_run_release(&run);
        }
    }
}

/* Every "= command: ok" of a run that was cut, with all its lines, stands in the whole run too.
 */
static bool ok_is_whole(struct view cut, struct view whole)
{
    while (cut.len > 0) {
        size_t n = 0;
        do {
            const char *feed = memchr(cut.ptr + n, '\n', cut.len - n);
            n = feed ? (size_t)(feed - cut.ptr) + 1 : cut.len;
        } while (n < cut.len && cut.ptr[n] != '=');
        struct view block = view_slice(cut, 0, n);
        struct view line = view_slice(
            block, 0, (size_t)((const char *)memchr(block.ptr, '\n', block.len) - block.ptr));
        if (!view_ends(line, VIEW(": ok"))) {
            return true; /* a failure is the last block */
        }
        if (!view_starts(whole, block) || (whole.len > n && whole.ptr[n] != '=')) {
            return false;
        }
        whole = view_slice(whole, n, whole.len);
        cut = view_slice(cut, n, cut.len);
    }
    return true;
}

static void cut_at_every_byte(bool silent, size_t chunk)
{
    for (size_t i = 0; i < nreplays; i++) {
        size_t bytes = replay_bytes(replays[i]);
        for (size_t cut = 0; cut < bytes; cut++) {
            struct replay_run run;
            play(&run, replays[i],
                 (struct replay_options){.chunk = chunk, .cut = cut, .cut_silent = silent});
            bool whole = ok_is_whole(strbuf_view(&run.outcome), golden(replays[i]));
            CHECK(whole && !run.trouble);
            if (!whole || run.trouble) {
                fprintf(stderr, "%s: cut at %zu:\n%s", replays[i]->path, cut, run.outcome.buf);
                cut = bytes;
            }
            replay_run_release(&run);
        }
    }
}

static void a_cut_is_never_ok(void)
{
    cut_at_every_byte(false, 0);
    cut_at_every_byte(false, 7);
}

static void silence_is_never_ok(void)
{
    cut_at_every_byte(true, 0);
}

/* A client and a device in a few lines, for what is too large to be recorded. */
struct talk {
    struct dialogue *d;
    struct strbuf typed;
};

static void say(struct talk *t, struct view bytes)
{
    for (size_t i = 0; i < bytes.len; i += 60000) {
        dialogue_feed(t->d, view_slice(bytes, i, i + 60000), 1);
    }
    strbuf_reset(&t->typed);
    strbuf_addview(&t->typed, dialogue_unsent(t->d));
    dialogue_sent(t->d, t->typed.len, 1);
}

static void log_in(struct talk *t, size_t max_bytes)
{
    struct dialogue_options options = {.platform = platform_find(platforms, "cisco_ios"),
                                       .max_bytes = max_bytes};
    struct err err = ERR_INIT;
    t->typed = (struct strbuf)STRBUF_INIT;
    CHECK(dialogue_new(&t->d, &options, 1, &err) == 0);
    say(t, VIEW("r1#"));
    say(t, VIEW("\r\nr1#"));
    say(t, VIEW("terminal length 0\r\nr1#"));
    say(t, VIEW("terminal width 511\r\nr1#"));
    CHECK(dialogue_state(t->d) == DIALOGUE_READY && dialogue_logged_in(t->d));
    CHECK(view_equal(dialogue_prompt(t->d), VIEW("r1#")));
}

static void command(struct talk *t, const char *text)
{
    struct err err = ERR_INIT;
    CHECK(dialogue_command(t->d, view_of(text), 1, &err) == 0);
    say(t, VIEW_NONE);
}

static void large_outputs_are_handed_over(void)
{
    struct talk t;
    struct strbuf output = STRBUF_INIT, taken = STRBUF_INIT;
    while (output.len < MIB(3)) {
        strbuf_addf(&output, "line %zu of many, followed by one more\r\n", output.len);
    }
    size_t lines = 0;
    for (size_t i = 0; i < output.len; i++) {
        lines += output.buf[i] == '\n';
    }
    log_in(&t, 0);
    for (int i = 0; i < 3; i++) {
        command(&t, "show a");
        if (i > 0) {
            say(&t, VIEW("show a\r\n"));
            CHECK(dialogue_state(t.d) == DIALOGUE_OUTPUT &&
                  dialogue_index(t.d) == (size_t)i - 1);
            dialogue_take(t.d, &taken);
            CHECK(taken.len == output.len - lines);
            CHECK(view_starts(strbuf_view(&taken),
                              VIEW("line 0 of many, followed by one more\nline")));
            dialogue_next(t.d, 1);
        } else {
            say(&t, VIEW("show a\r\n"));
        }
        CHECK(dialogue_state(t.d) == DIALOGUE_BUSY);
        say(&t, strbuf_view(&output));
        say(&t, VIEW("r1#"));
        CHECK(dialogue_state(t.d) == DIALOGUE_READY);
    }
    say(&t, VIEW("more, after all"));
    CHECK(dialogue_state(t.d) == DIALOGUE_BUSY);
    dialogue_eof(t.d);
    CHECK(dialogue_state(t.d) == DIALOGUE_FAILED &&
          dialogue_result(t.d) == DIALOGUE_INCOMPLETE);
    dialogue_take(t.d, &taken);
    CHECK(taken.len == output.len - lines + strlen("r1#more, after all"));
    dialogue_free(t.d);
    strbuf_release(&t.typed);
    strbuf_release(&output);
    strbuf_release(&taken);
}

/* What comes at a prompt at which nothing was typed, and how long a command took. */
static void late_words_belong_to_no_command(void)
{
    struct talk t;
    log_in(&t, 0);
    say(&t, VIEW("\r\n*a log line\r\n"));
    CHECK(dialogue_state(t.d) == DIALOGUE_BUSY);
    say(&t, VIEW("r1# "));
    CHECK(dialogue_state(t.d) == DIALOGUE_READY);
    command(&t, "show a");
    dialogue_feed(t.d, VIEW("show a\r\none\r\n"), 40);
    dialogue_feed(t.d, VIEW("r1#"), 101);
    CHECK(dialogue_state(t.d) == DIALOGUE_READY);
    dialogue_leave(t.d, 500);
    dialogue_sent(t.d, 1000, 500);
    dialogue_feed(t.d, VIEW("\r\nr1#"), 600);
    CHECK(dialogue_state(t.d) == DIALOGUE_OUTPUT && dialogue_took(t.d) == 100);
    CHECK(view_equal(dialogue_output(t.d), VIEW("one\n")));
    dialogue_next(t.d, 600);
    CHECK(dialogue_state(t.d) == DIALOGUE_LEFT);
    dialogue_next(t.d, 600);
    dialogue_leave(t.d, 600);
    dialogue_feed(t.d, VIEW("bye"), 700);
    dialogue_eof(t.d);
    CHECK(dialogue_state(t.d) == DIALOGUE_LEFT);
    dialogue_free(t.d);
    dialogue_free(NULL);
    strbuf_release(&t.typed);
}

static void an_endless_output_ends_at_its_ceiling(void)
{
    struct talk t;
    struct strbuf output = STRBUF_INIT;
    for (int i = 0; i < 2000; i++) {
        strbuf_addstr(&output, i % 2 ? "no line feed " : "and then one\r\n");
    }
    log_in(&t, MIB(4));
    command(&t, "show a");
    say(&t, VIEW("show a\r\n"));
    for (int i = 0; i < 1000 && dialogue_state(t.d) == DIALOGUE_BUSY; i++) {
        say(&t, strbuf_view(&output));
    }
    CHECK(dialogue_result(t.d) == DIALOGUE_TOO_LARGE);
    CHECK(dialogue_output(t.d).len <= MIB(4) && dialogue_output(t.d).len > MIB(4) - 100);
    CHECK(t.d && dialogue_deadline(t.d) == DEADLINE_NEVER);
    dialogue_free(t.d);
    strbuf_release(&t.typed);
    strbuf_release(&output);
}

static void a_pager_that_never_ends_is_given_up(void)
{
    struct talk t;
    log_in(&t, 0);
    command(&t, "show a");
    say(&t, VIEW("show a\r\n"));
    size_t answers = 0;
    while (dialogue_state(t.d) == DIALOGUE_BUSY && answers < 20000) {
        say(&t, VIEW("\r        \r--More--"));
        answers += t.typed.len;
    }
    CHECK(answers == LIMIT_PAGER_ANSWERS);
    CHECK(dialogue_result(t.d) == DIALOGUE_TOO_LARGE);
    dialogue_free(t.d);
    strbuf_release(&t.typed);
}

/* What a hostile device could do to keep us busy: each would be quadratic if it were naive. */
static void hostile_floods_stay_cheap(void)
{
    static const char *const units[] = {
        "\r\n", " \r\n", "r1#\r\n", "r1#sh", "sh", "{master}\r\n", "\r", "--More--\b",
    };
    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
        for (int echoed = 0; echoed < 2; echoed++) {
            struct talk t;
            struct strbuf flood = STRBUF_INIT;
            while (flood.len < 1400) {
                strbuf_addstr(&flood, units[u]);
            }
            strbuf_addstr(&flood, "r1#");
            log_in(&t, MIB(8));
            command(&t, "show a");
            say(&t, echoed ? VIEW("show a\r\nx") : VIEW("x"));
            ms_t start = now_ms();
            for (int i = 0; i < 3000; i++) {
                say(&t, strbuf_view(&flood));
                if (dialogue_state(t.d) == DIALOGUE_READY) {
                    say(&t, VIEW("x"));
                }
            }
            CHECK(now_ms() - start < 4000);
            dialogue_free(t.d);
            strbuf_release(&t.typed);
            strbuf_release(&flood);
        }
    }
}

static void commands_are_one_line_each(void)
{
    static const char *const bad[] = {"",          "  ",  "show\nreload", "show\rreload",
                                      "show \x1b", "a\tb"};
    struct talk t;
    struct err err = ERR_INIT;
    log_in(&t, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(dialogue_command(t.d, view_of(bad[i]), 1, &err) == ERR_USAGE);
        CHECK(dialogue_unsent(t.d).len == 0 && dialogue_state(t.d) == DIALOGUE_READY);
    }
    dialogue_confirm(t.d, 1);
    CHECK(dialogue_state(t.d) == DIALOGUE_READY);
    command(&t, " show a ");
    CHECK_STR(t.typed.buf, "show a\n");
    CHECK(dialogue_command(t.d, VIEW("show b"), 1, &err) == ERR_USAGE);
    say(&t, VIEW("show a\r\none\r\nr1#"));
    dialogue_confirm(t.d, 1);
    CHECK(dialogue_state(t.d) == DIALOGUE_BUSY);
    say(&t, VIEW("\r\nr1#"));
    CHECK(dialogue_state(t.d) == DIALOGUE_OUTPUT);
    CHECK(view_equal(dialogue_output(t.d), VIEW("one\n")));
    dialogue_next(t.d, 1);
    CHECK(dialogue_state(t.d) == DIALOGUE_READY);
    dialogue_leave(t.d, 1);
    CHECK(dialogue_state(t.d) == DIALOGUE_LEFT);
    CHECK(view_equal(dialogue_unsent(t.d), VIEW("exit\n")));
    dialogue_free(t.d);
    strbuf_release(&t.typed);
}

/* Beyond the device's own time: far below a millisecond a command. */
static void a_command_costs_microseconds(void)
{
    struct talk t;
    log_in(&t, 0);
    int64_t start = now_us();
    for (int i = 0; i < 2000; i++) {
        command(&t, "show clock");
        say(&t, VIEW("show clock\r\n10:00:00.000 UTC Mon Nov 23 2026\r\nr1#"));
        if (dialogue_state(t.d) == DIALOGUE_OUTPUT) {
            dialogue_next(t.d, 1);
        }
        CHECK(dialogue_state(t.d) == DIALOGUE_READY);
    }
    int64_t each = (now_us() - start) / 2000;
    CHECK(dialogue_index(t.d) == 1999);
    CHECK(each < 500);
    printf("%lld us a command\n", (long long)each);
    dialogue_free(t.d);
    strbuf_release(&t.typed);
}

static void write_seed(const char *dir, const char *kind, const struct replay *r,
                       struct view head, struct view bytes)
{
    struct strbuf path = STRBUF_INIT;
    const char *name = strrchr(r->path, '/') + 1;
    strbuf_addf(&path, "%s/%s/%s-%.*s", dir, kind, r->platform, (int)strcspn(name, "."), name);
    FILE *file = fopen(path.buf, "w");
    if (!file || fwrite(head.ptr, 1, head.len, file) != head.len ||
        fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
        replay_die(path.buf, 0, "cannot write it");
    }
    strbuf_release(&path);
}

/* What the device says in a recorded dialogue, as the fuzz targets want it. */
static void write_seeds(const char *dir)
{
    for (size_t i = 0; i < nreplays; i++) {
        const struct replay *r = replays[i];
        struct strbuf screen = STRBUF_INIT, talk = STRBUF_INIT, head = STRBUF_INIT;
        for (size_t k = 0; k < r->nsteps; k++) {
            const struct replay_step *step = &r->steps[k];
            if (step->kind == REPLAY_SEND) {
                strbuf_addview(&screen, step->text);
                strbuf_addview(&talk, step->text);
            } else if (step->kind == REPLAY_RAW) {
                strbuf_addch(&screen, '\x01');
            } else if (step->kind == REPLAY_QUIET) {
                strbuf_addch(&talk, '\xFE');
            }
        }
        strbuf_addf(&head, "%s %d ", r->platform, (int)(i * 7 % 40 + 1));
        for (size_t k = 0; k < r->ncommands; k++) {
            strbuf_addf(&head, "%s%.*s", k ? ";" : "", VIEW_ARG(r->commands[k]));
        }
        strbuf_addch(&head, '\n');
        write_seed(dir, "dialogue", r, strbuf_view(&head), strbuf_view(&talk));
        write_seed(dir, "screen", r, VIEW("\x06"), strbuf_view(&screen));
        strbuf_release(&screen);
        strbuf_release(&talk);
        strbuf_release(&head);
    }
}

int main(int argc, char **argv)
{
    bless = argc > 1 && strcmp(argv[1], "--bless") == 0;
    read_all();
    if (argc > 2 && strcmp(argv[1], "--seeds") == 0) {
        write_seeds(argv[2]);
    }
    RUN(whole_dialogues_end_as_recorded);
    if (!bless) {
        RUN(every_chunk_size_is_the_same);
        RUN(a_cut_is_never_ok);
        RUN(silence_is_never_ok);
        RUN(large_outputs_are_handed_over);
        RUN(late_words_belong_to_no_command);
        RUN(an_endless_output_ends_at_its_ceiling);
        RUN(a_pager_that_never_ends_is_given_up);
        RUN(hostile_floods_stay_cheap);
        RUN(commands_are_one_line_each);
        RUN(a_command_costs_microseconds);
    }
    for (size_t i = 0; i < nreplays; i++) {
        replay_free(replays[i]);
        free(paths[i]);
    }
    regex_scratch_free(scratch);
    platform_set_free(platforms);
    return test_end();
}
