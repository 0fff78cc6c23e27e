/* One platform.yml -> struct platform. */
#include "session/platform_part.h"

#include "base/limits.h"

/* What every device may ask when nobody expects it, beside the platform's own questions. */
static const char *const common_questions[] = {
    "(?i:pass(?:word|phrase|code)\\b[^:]{0,40}:)",
    "(?i:[\\[(] ?y(?:es)? ?[/|] ?n(?:o)?(?:[/|]\\w+)* ?[\\])])\\s*[:?]?",
    "(?i:[\\[(]confirm[\\])])",
    "(?i:(?:press|hit|strike)\\b.{0,40}\\b(?:key|enter|return|space)\\b.{0,60})",
    "(?i:(?:user ?name|login(?: name)?)\\s*:)",
    "(?i:are you sure\\b.{0,80}\\?)\\s*(?:[\\[(]\\w+[\\])])?",
    "(?i:(?:continue|proceed)\\b.{0,20}\\?)\\s*(?:[\\[(]\\w+[\\])])?",
};

/* How a pattern is put to use: what is wrapped around it, and where it may match. */
struct use {
    const char *before, *after;
    unsigned flags;
};

static const struct use whole_line = {"(?:", ")\\Z", REGEX_ANCHORED};
static const struct use line_end = {"(?:", ")\\Z", REGEX_SEARCH};
static const struct use line_start = {"", "", REGEX_ANCHORED};
static const struct use anywhere = {"", "", REGEX_SEARCH};

/* platform.yml as its map stands there, before patterns are compiled. */
struct raw {
    struct platform platform;
    const char *transport;
    const struct yaml_node *prompt, *prompt_above, *prompt_varies, *login, *enable, *pager,
        *errors;
    const struct yaml_node *questions, *writes, *commands, *limits, *redact, *detect;
};

struct reader {
    struct platform_file *file;
    struct yaml *y;
    struct err *err;
};

static int compile(struct reader *r, struct view pattern, const struct use *use,
                   struct regex **out)
{
    struct platform_regex *link = arena_get(&r->y->arena, sizeof(*link));
    char *text =
        arena_printf(&r->y->arena, "%s%.*s%s", use->before, VIEW_ARG(pattern), use->after);
    if (!link || !text) {
        return err_nomem(r->err);
    }
    int code = regex_compile(&link->regex, view_of(text), use->flags, NULL, r->err);
    if (code == 0) {
        link->next = r->file->regexes;
        r->file->regexes = link;
        *out = link->regex;
    }
    return code;
}

static int read_pattern(struct reader *r, const struct yaml_node *node, const struct use *use,
                        struct regex **out)
{
    const char *pattern = NULL;
    int code = yaml_string(r->y, node, &pattern, r->err);
    if (code < 0) {
        return code;
    }
    if (node->text.len == 0 || node->text.len > LIMIT_REGEX_BYTES) {
        return yaml_error(r->y, node, r->err, "a pattern has 1 to %zu bytes",
                          LIMIT_REGEX_BYTES);
    }
    code = compile(r, node->text, use, out);
    if (code < 0 && code != ERR_NOMEM && r->err) {
        struct err why = *r->err;
        int column = why.column - (int)strlen(use->before);
        code = yaml_error(r->y, node, r->err,
                          "this pattern is not usable, at its character %d: %s",
                          column > 0 ? column : 1, why.text);
    }
    return code;
}

/* Room for the patterns of a list, or for one alone, and for n more. */
static int pattern_room(struct reader *r, const struct yaml_node *node, size_t n,
                        struct regex_list *out)
{
    bool list = node && node->kind != YAML_SCALAR;
    int code = list ? yaml_want(r->y, node, YAML_LIST, "of patterns", r->err) : 0;
    if (code < 0) {
        return code;
    }
    out->items = arena_array(&r->y->arena, (list ? node->count : 1) + n, sizeof(out->items[0]));
    return out->items ? 0 : err_nomem(r->err);
}

/* A list of patterns, or one alone, or none, and n more. */
static int read_patterns(struct reader *r, const struct yaml_node *node, const struct use *use,
                         const char *const *more, size_t n, struct regex_list *out)
{
    int code = pattern_room(r, node, n, out);
    bool one = node && node->kind == YAML_SCALAR;
    const struct yaml_node *item = node && !one ? node->first : NULL;
    if (one && code == 0) {
        code = read_pattern(r, node, use, &out->items[out->n++]);
    }
    for (; item && code == 0; item = item->next) {
        code = read_pattern(r, item, use, &out->items[out->n++]);
    }
    for (size_t i = 0; i < n && code == 0; i++) {
        code = compile(r, view_of(more[i]), use, &out->items[out->n++]);
    }
    return code;
}

/* The only pattern of a list; none when node is NULL. */
static int read_one(struct reader *r, const struct yaml_node *node, const struct use *use,
                    struct regex_list *out)
{
    if (!node) {
        return 0;
    }
    out->items = arena_array(&r->y->arena, 1, sizeof(out->items[0]));
    int code = out->items ? read_pattern(r, node, use, &out->items[0]) : err_nomem(r->err);
    out->n = code == 0;
    return code;
}

/* A list of {pattern, send}. */
static int read_answers(struct reader *r, const struct yaml_node *node, struct answer_list *out)
{
    struct row {
        const struct yaml_node *pattern;
        const char *send;
    };
    static const struct yaml_field fields[] = {
        YAML_FIELD("pattern", YAML_NODE, struct row, pattern, .required = true),
        YAML_FIELD("send", YAML_STRING, struct row, send, .required = true),
    };
    if (!node) {
        return 0;
    }
    int code = yaml_want(r->y, node, YAML_LIST, "of pattern and send", r->err);
    if (code < 0) {
        return code;
    }
    out->items = arena_array(&r->y->arena, node->count, sizeof(out->items[0]));
    if (!out->items) {
        return err_nomem(r->err);
    }
    for (const struct yaml_node *item = node->first; item && code == 0; item = item->next) {
        struct row row = {0};
        code = yaml_read_map(r->y, item, "an answer", fields, 2, &row, r->err);
        if (code == 0) {
            out->items[out->n].send = row.send;
            code = read_pattern(r, row.pattern, &whole_line, &out->items[out->n++].pattern);
        }
    }
    return code;
}

static int read_login(struct reader *r, const struct yaml_node *node, struct platform *p)
{
    struct row {
        const struct yaml_node *username, *password, *answers;
    } row = {0};
    static const struct yaml_field fields[] = {
        YAML_FIELD("username", YAML_NODE, struct row, username),
        YAML_FIELD("password", YAML_NODE, struct row, password),
        YAML_FIELD("answers", YAML_NODE, struct row, answers),
    };
    int code = node ? yaml_read_map(r->y, node, "login", fields, 3, &row, r->err) : 0;
    if (code == 0) {
        code = read_one(r, row.username, &whole_line, &p->login.username);
    }
    if (code == 0) {
        code = read_one(r, row.password, &whole_line, &p->login.password);
    }
    return code == 0 ? read_answers(r, row.answers, &p->login.answers) : code;
}

static int read_enable(struct reader *r, const struct yaml_node *node, struct platform *p)
{
    struct row {
        const char *command;
        const struct yaml_node *password, *prompt, *done;
    } row = {0};
    static const struct yaml_field fields[] = {
        YAML_FIELD("command", YAML_STRING, struct row, command, .required = true),
        YAML_FIELD("password", YAML_NODE, struct row, password, .required = true),
        YAML_FIELD("prompt", YAML_NODE, struct row, prompt, .required = true),
        YAML_FIELD("done", YAML_NODE, struct row, done),
    };
    if (!node) {
        return 0;
    }
    int code = yaml_read_map(r->y, node, "enable", fields, 4, &row, r->err);
    if (code == 0) {
        p->enable.command = row.command;
        code = read_pattern(r, row.password, &line_end, &p->enable.password);
    }
    if (code == 0 && row.done) {
        code = read_pattern(r, row.done, &line_start, &p->enable.done);
    }
    return code == 0 ? read_pattern(r, row.prompt, &whole_line, &p->enable.prompt) : code;
}

static int read_limits(struct reader *r, const struct yaml_node *node, struct platform *p)
{
    static const struct yaml_field fields[] = {
        YAML_FIELD("idle", YAML_DURATION, struct platform, idle_ms),
        YAML_FIELD("command", YAML_DURATION, struct platform, command_ms),
        YAML_FIELD("bytes", YAML_SIZE, struct platform, max_bytes),
    };
    return node ? yaml_read_map(r->y, node, "limits", fields, 3, p, r->err) : 0;
}

static int read_commands(struct reader *r, const struct yaml_node *node, struct platform *p)
{
    if (!node) {
        return 0;
    }
    int code = yaml_want(r->y, node, YAML_MAP, "template name: command", r->err);
    if (code < 0) {
        return code;
    }
    p->commands = arena_array(&r->y->arena, node->count, sizeof(p->commands[0]));
    if (!p->commands) {
        return err_nomem(r->err);
    }
    for (const struct yaml_node *item = node->first; item && code == 0; item = item->next) {
        struct name_command *c = &p->commands[p->ncommands++];
        c->name = item->key.ptr;
        code = yaml_string(r->y, item, &c->command, r->err);
    }
    return code;
}

static int read_detect_commands(struct reader *r, const struct yaml_node *node,
                                struct platform *p)
{
    int code = yaml_want(r->y, node, YAML_MAP, "command: pattern", r->err);
    if (code < 0) {
        return code;
    }
    if (node->count == 0) {
        return yaml_error(r->y, node, r->err, "there is no command to tell the platform by");
    }
    p->detect.commands = arena_array(&r->y->arena, node->count, sizeof(*p->detect.commands));
    if (!p->detect.commands) {
        return err_nomem(r->err);
    }
    for (const struct yaml_node *item = node->first; item && code == 0; item = item->next) {
        struct command_pattern *c = &p->detect.commands[p->detect.ncommands++];
        c->command = item->key.ptr;
        code =
            platform_reads_only(p, view_of(c->command))
                ? read_pattern(r, item, &anywhere, &c->pattern)
                : yaml_error(r->y, item, r->err,
                             "'%.100s' is typed at devices that nobody knows yet, and is not "
                             "among the commands of read_only",
                             c->command);
    }
    return code;
}

static int read_detect(struct reader *r, const struct yaml_node *node, struct platform *p)
{
    struct row {
        const struct yaml_node *banner, *prompt, *commands;
    } row = {0};
    static const struct yaml_field fields[] = {
        YAML_FIELD("banner", YAML_NODE, struct row, banner),
        YAML_FIELD("prompt", YAML_NODE, struct row, prompt),
        YAML_FIELD("commands", YAML_NODE, struct row, commands, .required = true),
    };
    if (!node) {
        return 0;
    }
    int code = yaml_read_map(r->y, node, "detect", fields, 3, &row, r->err);
    if (code == 0 && row.banner) {
        code = read_patterns(r, row.banner, &line_start, NULL, 0, &p->detect.banner);
    }
    if (code == 0 && row.prompt) {
        code = read_pattern(r, row.prompt, &whole_line, &p->detect.prompt);
    }
    return code == 0 ? read_detect_commands(r, row.commands, p) : code;
}

static int read_pattern_lists(struct reader *r, const struct raw *raw, struct platform *p)
{
    size_t ncommon = sizeof(common_questions) / sizeof(common_questions[0]);
    struct row {
        const struct yaml_node *node;
        const struct use *use;
        const char *const *more;
        size_t n;
        struct regex_list *out;
    } rows[] = {
        {raw->prompt_above, &whole_line, NULL, 0, &p->prompt_above},
        {raw->errors, &line_start, NULL, 0, &p->errors},
        {raw->questions, &line_end, common_questions, ncommon, &p->questions},
        {raw->writes, &anywhere, NULL, 0, &p->writes},
        {raw->redact, &anywhere, NULL, 0, &p->redact},
    };
    int code = read_one(r, raw->prompt, &whole_line, &p->prompt);
    if (code == 0) {
        code = read_one(r, raw->prompt, &line_end, &p->prompt_end);
    }
    if (code == 0) {
        code = read_one(r, raw->prompt_varies, &anywhere, &p->prompt_varies);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && code == 0; i++) {
        code =
            read_patterns(r, rows[i].node, rows[i].use, rows[i].more, rows[i].n, rows[i].out);
    }
    return code;
}

static int read_transport(struct reader *r, const struct raw *raw, struct platform *p)
{
    if (!raw->transport || strcmp(raw->transport, "shell") == 0) {
        return 0;
    }
    p->exec = true;
    return strcmp(raw->transport, "exec") == 0
               ? 0
               : yaml_error(r->y, yaml_get(r->y->root, "transport"), r->err,
                            "'transport' is shell or exec, not '%.100s'", raw->transport);
}

static int read_top(struct reader *r, struct raw *raw)
{
    static const struct yaml_field fields[] = {
        YAML_FIELD("aliases", YAML_STRINGS, struct raw, platform.aliases),
        YAML_FIELD("transport", YAML_STRING, struct raw, transport),
        YAML_FIELD("prompt", YAML_NODE, struct raw, prompt, .required = true),
        YAML_FIELD("prompt_above", YAML_NODE, struct raw, prompt_above),
        YAML_FIELD("prompt_varies", YAML_NODE, struct raw, prompt_varies),
        YAML_FIELD("login", YAML_NODE, struct raw, login),
        YAML_FIELD("username_suffix", YAML_STRING, struct raw, platform.username_suffix),
        YAML_FIELD("setup", YAML_STRINGS, struct raw, platform.setup),
        YAML_FIELD("enable", YAML_NODE, struct raw, enable),
        YAML_FIELD("pager", YAML_NODE, struct raw, pager),
        YAML_FIELD("errors", YAML_NODE, struct raw, errors),
        YAML_FIELD("questions", YAML_NODE, struct raw, questions),
        YAML_FIELD("read_only", YAML_STRINGS, struct raw, platform.read_only),
        YAML_FIELD("writes", YAML_NODE, struct raw, writes),
        YAML_FIELD("commands", YAML_NODE, struct raw, commands),
        YAML_FIELD("exit", YAML_STRING, struct raw, platform.exit),
        YAML_FIELD("newline", YAML_STRING, struct raw, platform.newline),
        YAML_FIELD("limits", YAML_NODE, struct raw, limits),
        YAML_FIELD("redact", YAML_NODE, struct raw, redact),
        YAML_FIELD("detect", YAML_NODE, struct raw, detect),
    };
    return yaml_read_map(r->y, r->y->root, "a platform", fields,
                         sizeof(fields) / sizeof(fields[0]), raw, r->err);
}

static int read_all(struct reader *r, struct raw *raw)
{
    struct platform *p = &raw->platform;
    int code = read_top(r, raw);
    if (code == 0) {
        code = read_transport(r, raw, p);
    }
    if (code == 0) {
        code = read_pattern_lists(r, raw, p);
    }
    if (code == 0) {
        code = read_login(r, raw->login, p);
    }
    if (code == 0) {
        code = read_enable(r, raw->enable, p);
    }
    if (code == 0) {
        code = read_answers(r, raw->pager, &p->pager);
    }
    if (code == 0) {
        code = read_commands(r, raw->commands, p);
    }
    if (code == 0) {
        code = read_detect(r, raw->detect, p);
    }
    return code == 0 ? read_limits(r, raw->limits, p) : code;
}

int platform_file_read(struct platform_file *file, const char *path, const char *name,
                       struct err *err)
{
    static const char *const none[] = {NULL};
    *file = (struct platform_file){.yaml = YAML_INIT};
    int code = yaml_read_file(&file->yaml, path, err);
    if (code < 0) {
        return code;
    }
    struct reader r = {file, &file->yaml, err};
    struct raw raw = {
        .platform = {.aliases = none, .setup = none, .exit = "exit", .newline = "\n"}};
    raw.platform.path = file->yaml.path;
    raw.platform.name = arena_dup(&file->yaml.arena, view_of(name));
    code = raw.platform.name ? read_all(&r, &raw) : err_nomem(err);
    file->platform = raw.platform;
    if (code < 0) {
        platform_file_release(file);
    }
    return code;
}

void platform_file_release(struct platform_file *file)
{
    for (struct platform_regex *link = file->regexes; link; link = link->next) {
        regex_free(link->regex);
    }
    yaml_release(&file->yaml);
    *file = (struct platform_file){.yaml = YAML_INIT};
}
