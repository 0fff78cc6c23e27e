/*
 * collect parse: saved outputs -> records, with what reads them said by name, by command or by
 * file. Outputs stream: rows leave while the file is still being read.
 */
#include "cli/options.h"
#include "cli/parse_save.h"
#include "cli/parse_tree.h"
#include "cli/saving.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "collect/plan.h"
#include "collect/shape.h"

#include "base/limits.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)

/* What all files share. */
struct parse {
    const struct options *options;
    struct arena arena;
    struct library *library;
    const struct textfsm_table *reader;
    const char *table_name, *command;
    const char *template_path, *fingerprint; /* of the reader */
    struct shape_place place;
    struct table *tables;
    size_t ntables;
    struct parse_save *save; /* NULL: to no database */
    struct writer *writer;
    struct textfsm_cell *cells; /* of one row of the table */
    char *buf;                  /* READ_BYTES */
    struct err write_err;       /* what the writer said while rows came */
    bool failed;                /* some file */
};

/* ---- What reads the outputs ----------------------------------------------------------------
 */

static const struct option_item *ask_of(const struct options *options)
{
    return options->asks.count > 0 ? &options->asks.items[0] : NULL;
}

static int check(const struct options *options, struct err *err)
{
    size_t ways = options->asks.count + (options->template_file != NULL);
    if (ways == 0) {
        return err_set(err, ERR_USAGE,
                       "what reads it? -T FILE, or --platform NAME with -t NAME or -c COMMAND");
    }
    if (options->asks.count > 1 ||
        (options->template_file && ask_of(options) && ask_of(options)->letter == 't')) {
        return err_set(err, ERR_USAGE, "one template reads everything: give one of -t, -c, -T");
    }
    if (!options->template_file && !options->platform) {
        return err_set(err, ERR_USAGE, "-%c needs --platform NAME", ask_of(options)->letter);
    }
    if (options->words.count == 0) {
        return err_set(err, ERR_USAGE, "nothing to parse: give files, or - for stdin");
    }
    return 0;
}

/* An unknown platform is the likelier slip. */
static int nothing_found(struct parse *parse, const struct option_item *ask, struct err *err)
{
    const char *platform = parse->options->platform;
    const char *guess = library_guess(parse->library, platform, ask->text);
    int rc = setting_platform(parse->library, platform, false, err);
    if (rc < 0) {
        return rc;
    }
    if (ask->letter == 'c') {
        return err_set(err, ERR_INPUT, "no template reads '%s' of platform %s", ask->text,
                       platform);
    }
    return err_set(err, ERR_INPUT, "platform %s has no template '%s'%s%s%s", platform,
                   ask->text, guess ? ": did you mean '" : "", guess ? guess : "",
                   guess ? "'?" : "");
}

static int find_by_index(struct parse *parse, struct err *err)
{
    const struct option_item *ask = ask_of(parse->options);
    const char *platform = parse->options->platform;
    struct finding finding;
    int rc = ask->letter == 't'
                 ? library_by_name(parse->library, platform, NULL, ask->text, &finding, err)
                 : library_by_command(parse->library, platform, NULL, ask->text, &finding, err);
    if (rc <= 0) {
        return rc < 0 ? rc : nothing_found(parse, ask, err);
    }
    parse->table_name = finding.name;
    parse->command = ask->letter == 'c' ? ask->text : finding.command ? finding.command : "";
    parse->template_path = finding.templates;
    return library_load(parse->library, &finding, &parse->reader, err);
}

static int find_reader(struct parse *parse, struct err *err)
{
    const struct options *options = parse->options;
    if (!options->template_file) {
        return find_by_index(parse, err);
    }
    parse->table_name = setting_stem(&parse->arena, options->template_file);
    parse->command = ask_of(options) ? ask_of(options)->text : "";
    parse->template_path = options->template_file;
    return parse->table_name
               ? library_load_file(parse->library, options->template_file, &parse->reader, err)
               : err_nomem(err);
}

static int open_writer(struct parse *parse, struct err *err)
{
    const struct options *options = parse->options;
    if (!saving_path(options)) {
        return setting_records(&parse->writer, options, parse->tables, parse->ntables, err);
    }
    parse->fingerprint = library_fingerprint(parse->library, parse->reader);
    int rc = parse_save_open(&parse->save, options, parse->tables, parse->ntables, err);
    parse->writer = rc < 0 ? NULL : parse_save_writer(parse->save);
    return rc;
}

static int prepare(struct parse *parse, struct err *err)
{
    int rc = check(parse->options, err);
    if (rc == 0) {
        rc = setting_library(&parse->library, parse->options, &parse->arena, err);
    }
    if (rc == 0) {
        rc = find_reader(parse, err);
    }
    struct shape shape = {.arena = &parse->arena};
    if (rc == 0) {
        rc = shape_reader(&shape, parse->table_name, parse->reader, &parse->place, err);
    }
    if (rc == 0) {
        rc = shape_finish(&shape, &parse->tables, &parse->ntables, err);
    }
    if (rc == 0) {
        parse->cells =
            arena_array(&parse->arena, parse->tables[0].ncolumns, sizeof(*parse->cells));
        parse->buf = arena_get(&parse->arena, READ_BYTES);
        rc = parse->cells && parse->buf ? open_writer(parse, err) : err_nomem(err);
    }
    return rc;
}

/* ---- One file ------------------------------------------------------------------------------
 */

static int on_row(void *user, const struct textfsm_cell *cells, unsigned ncells)
{
    struct parse *parse = user;
    for (unsigned i = 0; i < ncells; i++) {
        parse->cells[parse->place.column_of[i]] = cells[i];
    }
    return writer_row(parse->writer, 0, parse->cells, &parse->write_err);
}

/* The columns that tell where a row came from. stamp lives as long as rows come. */
static void set_origin(struct parse *parse, const char *host, const char *stamp)
{
    const char *platform = parse->options->platform;
    const char *texts[] = {host, platform ? platform : "", parse->command, stamp};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        parse->cells[i] = setting_cell(texts[i]);
    }
}

/* An output was collected when its file was written; what comes through a pipe, now. */
static void file_stamp(int fd, char *buf, size_t size)
{
    struct stat st;
    struct tm tm;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !gmtime_r(&st.st_mtime, &tm) ||
        strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        utc_stamp(buf, size);
    }
}

static int reader_error(const struct parse *parse, const struct textfsm_error *error,
                        struct err *err)
{
    if (error->code == TEXTFSM_STOPPED) {
        return err_set(err, parse->write_err.code, "%s", parse->write_err.text);
    }
    return err_set(err, error->code == TEXTFSM_NOMEM ? ERR_NOMEM : ERR_PARSE, "%s",
                   error->text);
}

static int feed(struct parse *parse, struct textfsm_merge *merge, int fd, struct err *err)
{
    struct textfsm_error error;
    for (;;) {
        ssize_t n = read(fd, parse->buf, READ_BYTES);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set(err, ERR_PARSE, "%s", strerror(errno));
        }
        if (n == 0) {
            return textfsm_merge_finish(merge, &error) < 0 ? reader_error(parse, &error, err)
                                                           : 0;
        }
        if (textfsm_merge_feed(merge, parse->buf, (size_t)n, &error) < 0) {
            return reader_error(parse, &error, err);
        }
    }
}

static int read_whole(struct strbuf *text, int fd, struct err *err)
{
    return strbuf_read_fd(text, fd, LIMIT_COMMAND_BYTES) < 0
               ? err_set(err, ERR_PARSE, "%s", strerror(errno))
               : 0;
}

/* Of formats that want the output itself. */
static int copy_raw(struct parse *parse, int fd, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = read_whole(&text, fd, err);
    if (rc == 0) {
        struct textfsm_cell cells[RAW_COLUMNS];
        memcpy(cells, parse->cells, PLAN_BASE_COLUMNS * sizeof(cells[0]));
        cells[RAW_COLUMNS - 1] = (struct textfsm_cell){
            .kind = TEXTFSM_TEXT, .len = (uint32_t)text.len, .u.text = text.buf};
        rc = writer_row(parse->writer, 0, cells, err);
    }
    strbuf_release(&text);
    return rc;
}

static int feed_text(struct parse *parse, struct textfsm_merge *merge, struct view text,
                     struct err *err)
{
    struct textfsm_error error;
    return textfsm_merge_feed(merge, text.ptr, text.len, &error) < 0 ||
                   textfsm_merge_finish(merge, &error) < 0
               ? reader_error(parse, &error, err)
               : 0;
}

/* Into a database, which keeps the output, too. */
static int keep(struct parse *parse, struct textfsm_merge *merge, int fd, const char *host,
                const char *stamp, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = read_whole(&text, fd, err), bad = 0;
    if (rc == 0) {
        rc = parse_save_begin(parse->save, err);
    }
    if (rc == 0) {
        bad = feed_text(parse, merge, strbuf_view(&text), err);
        rc = bad == ERR_PARSE ? 0 : bad;
    }
    if (rc == 0) {
        struct save_job job = {.host = host,
                               .command = parse->command,
                               .template_name = parse->template_path,
                               .template_fingerprint = parse->fingerprint,
                               .status = status_name(bad ? STATUS_PARSE_ERROR : STATUS_OK),
                               .reason = bad ? err->text : NULL,
                               .collected_at = stamp,
                               .took_ms = -1,
                               .exit_status = -1,
                               .output = strbuf_view(&text)};
        rc = parse_save_end(parse->save, &job, err);
    }
    strbuf_release(&text);
    return rc < 0 ? rc : bad;
}

static int parse_fd(struct parse *parse, struct textfsm_merge *merge, int fd, const char *host,
                    struct err *err)
{
    char stamp[UTC_STAMP_SIZE];
    file_stamp(fd, stamp, sizeof(stamp));
    set_origin(parse, host, stamp);
    textfsm_merge_reset(merge);
    if (parse->save) {
        return keep(parse, merge, fd, host, stamp, err);
    }
    return parse->writer->format->raw ? copy_raw(parse, fd, err) : feed(parse, merge, fd, err);
}

/* 0 also for a file that could not be parsed: that is told, and the others go on. */
static int parse_file(struct parse *parse, struct textfsm_merge *merge, const char *path,
                      struct err *err)
{
    bool standard = strcmp(path, "-") == 0;
    const char *host = parse_save_host(&parse->arena, path);
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int rc = host ? 0 : err_nomem(err);
    if (fd < 0) {
        rc = err_set(err, ERR_PARSE, "%s", strerror(errno));
    } else if (rc == 0) {
        rc = parse_fd(parse, merge, fd, host, err);
    }
    if (fd >= 0 && !standard) {
        close(fd);
    }
    if (rc == ERR_PARSE) {
        talk_error("%s: %s", standard ? "stdin" : path, err->text);
        parse->failed = true;
        rc = 0;
    }
    return rc;
}

static int parse_all(struct parse *parse, struct err *err)
{
    struct textfsm_error error;
    struct textfsm_run_options options = {.on_row = on_row, .user = parse};
    struct textfsm_merge *merge = textfsm_merge_new(parse->reader, &options, &error);
    int rc = merge ? 0 : library_error(&error, err);
    const struct option_list *files = &parse->options->words;
    for (size_t i = 0; i < files->count && rc == 0; i++) {
        rc = parse_file(parse, merge, files->items[i].text, err);
    }
    textfsm_merge_free(merge);
    return rc;
}

/* Ends or drops what was opened. */
static int finish(struct parse *parse, int rc, struct err *err)
{
    if (rc < 0) {
        writer_abort(parse->writer);
        parse_save_abort(parse->save);
        return rc;
    }
    return parse->save ? parse_save_close(parse->save, err) : writer_close(parse->writer, err);
}

int verb_parse(const struct options *options)
{
    if (parse_is_tree(options)) {
        return parse_tree(options);
    }
    struct err err = ERR_INIT;
    struct parse parse = {.options = options, .arena = ARENA_INIT, .write_err = ERR_INIT};
    int rc = prepare(&parse, &err);
    if (rc == 0) {
        rc = parse_all(&parse, &err);
    }
    rc = finish(&parse, rc, &err);
    int status = rc < 0 ? talk_failure(&err, "parse") : parse.failed;
    library_free(parse.library);
    arena_release(&parse.arena);
    return status;
}
