/*
 * The engine's side of tests/bench/engine.py. The argument is a list of "TEMPLATE<TAB>TEXT"
 * paths; everything is read and compiled first, then each command on stdin answers with one
 * line:
 *
 *     parse     CPU milliseconds of one pass over all texts; rows, lines, bytes
 *     floor     CPU milliseconds of PCRE2 alone: only the matches that succeed, replayed
 *     rows      rows and a CRC-32 of all cells, as engine.py computes it
 *     compile   CPU milliseconds of compiling all templates
 *
 * With "stream" as second argument the texts are not read but fed from their files in 64 KiB
 * pieces, once, and the line also has the peak memory of the process in KiB. With "keep" they
 * are read, and parsed once with their rows kept, as Python does it; the same line.
 */
#include "base/strbuf.h"
#include "base/utf8.h"
#include "textfsm.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum mode {
    COUNT_ROWS,
    SUM_ROWS,
    REMEMBER,
    MODES,
};

struct job {
    const char *template_path, *text_path;
    struct textfsm_template *template;
    struct textfsm_run *runs[MODES]; /* of the first job with this template */
    size_t first;
    struct strbuf text;
};

/* A match that succeeded, for the floor. */
struct success {
    const struct textfsm_rule *rule;
    const char *text;
    size_t len;
    pcre2_code *code;
};

struct bench {
    struct job *jobs;
    size_t njobs;
    size_t rows;
    uint32_t crc;
    struct success *successes;
    size_t nsuccesses, successes_cap;
    uint32_t crc_table[256];
};

static double cpu_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void *must(void *ptr)
{
    if (!ptr) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return ptr;
}

static void fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    exit(1);
}

/* ---- Reading ---- */

static void find_template(const struct bench *b, struct job *job)
{
    struct textfsm_error error;
    for (size_t i = 0; i < b->njobs; i++) {
        if (strcmp(b->jobs[i].template_path, job->template_path) == 0) {
            job->template = b->jobs[i].template;
            job->first = i;
            return;
        }
    }
    job->first = b->njobs;
    job->template = textfsm_template_open(job->template_path, NULL, &error);
    if (!job->template) {
        fail(error.text);
    }
}

/* Into memory of its size: what a buffer has grown by lies between texts, and takes part in what
 * the caches' sets hold. */
static void read_text(struct strbuf *text, const char *path)
{
    struct strbuf buf = STRBUF_INIT;
    if (strbuf_read_file(&buf, path, SIZE_MAX / 8) < 0) {
        fail(path);
    }
    strbuf_init(text);
    text->buf = must(malloc(buf.len + 1));
    text->size = buf.len + 1;
    text->len = buf.len;
    memcpy(text->buf, buf.buf, buf.len + 1);
    strbuf_release(&buf);
}

static void add_job(struct bench *b, char *line, bool read)
{
    char *tab = strchr(line, '\t');
    if (!tab) {
        fail("a line without TAB in the list");
    }
    *tab = '\0';
    b->jobs = must(realloc(b->jobs, (b->njobs + 1) * sizeof(*b->jobs)));
    struct job job = {.template_path = must(strdup(line)),
                      .text_path = must(strdup(tab + 1)),
                      .text = STRBUF_INIT};
    find_template(b, &job);
    if (read) {
        read_text(&job.text, job.text_path);
    }
    b->jobs[b->njobs++] = job;
}

/* ---- Rows ---- */

static void crc_init(struct bench *b)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
        }
        b->crc_table[i] = c;
    }
}

static void crc_add(struct bench *b, const char *text, size_t len)
{
    uint32_t crc = ~b->crc;
    for (size_t i = 0; i < len; i++) {
        crc = b->crc_table[(crc ^ (unsigned char)text[i]) & 0xFF] ^ crc >> 8;
    }
    b->crc = ~crc;
}

static void crc_cell(struct bench *b, const struct textfsm_cell *cell)
{
    if (cell->kind == TEXTFSM_TEXT) {
        crc_add(b, cell->u.text, cell->len);
    } else if (cell->kind == TEXTFSM_NULL) {
        crc_add(b, "\x1d", 1);
    } else {
        for (uint32_t i = 0; i < cell->len; i++) {
            crc_cell(b, &cell->u.items[i]);
            crc_add(b, "\x1e", 1);
        }
    }
}

static int count_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    struct bench *b = user;
    (void)cells;
    (void)n;
    b->rows++;
    return 0;
}

static int sum_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    struct bench *b = user;
    for (unsigned i = 0; i < n; i++) {
        crc_cell(b, &cells[i]);
        crc_add(b, "\x1f", 1);
    }
    crc_add(b, "\n", 1);
    b->rows++;
    return 0;
}

/* For the floor: every match that succeeds. */
static void remember(void *user, const struct textfsm_trace *trace)
{
    struct bench *b = user;
    if (!trace->rule || !trace->text) {
        return;
    }
    if (b->nsuccesses == b->successes_cap) {
        b->successes_cap = b->successes_cap ? 2 * b->successes_cap : 65536;
        b->successes = must(realloc(b->successes, b->successes_cap * sizeof(struct success)));
    }
    b->successes[b->nsuccesses++] =
        (struct success){trace->rule, trace->text, trace->len, NULL};
}

/* ---- Passes ---- */

/* A run is kept with its template, as Python keeps its machine. */
static struct textfsm_run *run_of(struct bench *b, const struct job *job, enum mode mode)
{
    const struct textfsm_run_options options[MODES] = {
        [COUNT_ROWS] = {.on_row = count_row, .user = b, .time_limit_ms = 3600000},
        [SUM_ROWS] = {.on_row = sum_row, .user = b, .time_limit_ms = 3600000},
        [REMEMBER] = {.on_row = count_row, .on_trace = remember, .user = b},
    };
    struct textfsm_run **run = &b->jobs[job->first].runs[mode];
    if (!*run) {
        *run = must(textfsm_run_new(job->template, &options[mode], NULL));
    }
    textfsm_run_reset(*run);
    return *run;
}

static void pass(struct bench *b, enum mode mode)
{
    struct textfsm_error error;
    for (size_t i = 0; i < b->njobs; i++) {
        const struct job *job = &b->jobs[i];
        struct textfsm_run *run = run_of(b, job, mode);
        if (textfsm_run_feed(run, job->text.buf, job->text.len, &error) < 0 ||
            textfsm_run_finish(run, &error) < 0) {
            fprintf(stderr, "%s: %s\n", job->text_path, error.text);
            exit(1);
        }
    }
}

static void do_parse(struct bench *b)
{
    b->rows = 0;
    double start = cpu_ms();
    pass(b, COUNT_ROWS);
    double ms = cpu_ms() - start;
    size_t bytes = 0;
    for (size_t i = 0; i < b->njobs; i++) {
        bytes += b->jobs[i].text.len;
    }
    printf("%.3f %zu %zu\n", ms, b->rows, bytes);
}

static void do_rows(struct bench *b)
{
    b->rows = 0;
    b->crc = 0;
    pass(b, SUM_ROWS);
    printf("%zu %08x\n", b->rows, b->crc);
}

static void do_compile(const struct bench *b)
{
    double start = cpu_ms();
    for (size_t i = 0; i < b->njobs; i++) {
        textfsm_template_free(textfsm_template_open(b->jobs[i].template_path, NULL, NULL));
    }
    printf("%.3f\n", cpu_ms() - start);
}

/* Since the program was started; getrusage() would tell of the process before exec, too. */
static long peak_kib(void)
{
    char line[256];
    long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof(line), status)) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    if (status) {
        fclose(status);
    }
    return kib;
}

static void stream(struct bench *b)
{
    static char buf[65536];
    struct textfsm_run_options options = {
        .on_row = count_row, .user = b, .time_limit_ms = 3600000};
    double start = cpu_ms();
    for (size_t i = 0; i < b->njobs; i++) {
        struct textfsm_run *run = must(textfsm_run_new(b->jobs[i].template, &options, NULL));
        FILE *in = must(fopen(b->jobs[i].text_path, "rb"));
        for (size_t n; (n = fread(buf, 1, sizeof(buf), in)) > 0;) {
            textfsm_run_feed(run, buf, n, NULL);
        }
        textfsm_run_finish(run, NULL);
        fclose(in);
        textfsm_run_free(run);
    }
    double ms = cpu_ms() - start;
    printf("%.3f %zu %ld\n", ms, b->rows, peak_kib());
}

static void keep(struct bench *b)
{
    struct textfsm_run_options options = {.time_limit_ms = 3600000};
    double start = cpu_ms();
    for (size_t i = 0; i < b->njobs; i++) {
        const struct job *job = &b->jobs[i];
        struct textfsm_run *run = must(textfsm_run_new(job->template, &options, NULL));
        textfsm_run_feed(run, job->text.buf, job->text.len, NULL);
        textfsm_run_finish(run, NULL);
        b->rows += textfsm_run_rows(run);
        textfsm_run_free(run);
    }
    double ms = cpu_ms() - start;
    printf("%.3f %zu %ld\n", ms, b->rows, peak_kib());
}

/* ---- The floor ---- */

/* The rule's regex for PCRE2, its groups without their names (which PCRE2 limits). */
static void without_names(struct strbuf *out, const char *regex)
{
    strbuf_reset(out);
    while (*regex) {
        if (strncmp(regex, "(?P<", 4) == 0) {
            strbuf_addch(out, '(');
            regex += strcspn(regex, ">") + 1;
        } else if (*regex == '\\' && regex[1]) {
            strbuf_add(out, regex, 2);
            regex += 2;
        } else {
            strbuf_addch(out, *regex++);
        }
    }
}

static pcre2_code *raw_code(const struct textfsm_rule *rule, bool ascii)
{
    struct strbuf pattern = STRBUF_INIT;
    int code;
    size_t offset;
    without_names(&pattern, rule->regex);
    uint32_t options = PCRE2_ANCHORED | (ascii ? 0 : PCRE2_UTF | PCRE2_UCP);
    pcre2_code *re =
        pcre2_compile((PCRE2_SPTR)pattern.buf, pattern.len, options, &code, &offset, NULL);
    if (re) {
        pcre2_jit_compile(re, PCRE2_JIT_COMPLETE);
    }
    strbuf_release(&pattern);
    return re;
}

/* One compiled regex a rule and kind of text; consecutive successes often share it, all of a
 * rule's do. */
struct known {
    const struct textfsm_rule *rule;
    pcre2_code *code[2];
};

static void compile_successes(struct bench *b)
{
    size_t size = 1 << 16;
    struct known *known = must(calloc(size, sizeof(*known)));
    for (size_t i = 0; i < b->nsuccesses; i++) {
        struct success *s = &b->successes[i];
        struct view text = view_make(s->text, s->len);
        bool ascii = ascii_only(text) || !utf8_valid(text); /* as bytes */
        size_t at = ((uintptr_t)s->rule >> 3) * 0x9E3779B1u & (size - 1);
        while (known[at].rule && known[at].rule != s->rule) {
            at = (at + 1) & (size - 1);
        }
        known[at].rule = s->rule;
        if (!known[at].code[ascii]) {
            known[at].code[ascii] = raw_code(s->rule, ascii);
        }
        s->code = known[at].code[ascii];
    }
    free(known);
}

static void do_floor(struct bench *b)
{
    if (b->nsuccesses == 0) {
        pass(b, REMEMBER);
        compile_successes(b);
    }
    pcre2_match_data *data = pcre2_match_data_create(256, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_jit_stack_assign(context, NULL, pcre2_jit_stack_create(32768, 1 << 20, NULL));
    size_t missed = 0;
    double start = cpu_ms();
    for (size_t i = 0; i < b->nsuccesses; i++) {
        const struct success *s = &b->successes[i];
        int rc = -1;
        if (s->code) {
            rc = pcre2_jit_match(s->code, (PCRE2_SPTR)s->text, s->len, 0, 0, data, context);
        }
        missed += rc < 0;
    }
    printf("%.3f %zu %zu\n", cpu_ms() - start, b->nsuccesses, missed);
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    char line[8192];
    bool streams = argc > 2 && strcmp(argv[2], "stream") == 0;
    bool keeps = argc > 2 && strcmp(argv[2], "keep") == 0;
    FILE *list = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!list) {
        fail("usage: bench-engine LIST [stream|keep]");
    }
    crc_init(&b);
    while (fgets(line, sizeof(line), list)) {
        line[strcspn(line, "\n")] = '\0';
        add_job(&b, line, !streams);
    }
    fclose(list);
    if (streams || keeps) {
        (streams ? stream : keep)(&b);
        return 0;
    }
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "parse") == 0) {
            do_parse(&b);
        } else if (strcmp(line, "floor") == 0) {
            do_floor(&b);
        } else if (strcmp(line, "rows") == 0) {
            do_rows(&b);
        } else if (strcmp(line, "compile") == 0) {
            do_compile(&b);
        }
        fflush(stdout);
    }
    return 0;
}
