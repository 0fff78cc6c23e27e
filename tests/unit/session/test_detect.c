/* Which platform: the rules, on platforms made for it; and the project's own platforms on every
 * output there is of the commands that tell them. */
#include "test.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "session/detect.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static struct regex_scratch *scratch;

static void write_platform(const char *dir, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/platform.yml", dir, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
}

static void remove_platforms(const char *dir, const char *const *names)
{
    char path[4096];
    for (; *names; names++) {
        snprintf(path, sizeof(path), "%s/%s/platform.yml", dir, *names);
        unlink(path);
        snprintf(path, sizeof(path), "%s/%s", dir, *names);
        rmdir(path);
    }
    rmdir(dir);
}

static struct platform_set *read_set(const char *dir)
{
    struct platform_set *set = NULL;
    struct err err = ERR_INIT;
    if (platform_set_read(&set, &dir, 1, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return set;
}

/* What is asked and what comes of it: "show version, show id -> x: ..." */
struct story {
    const char *banner, *prompt;
    const char *outputs[2];
    const char *want;
};

static void tell(const struct detector *detector, const struct story *story)
{
    struct detection *d = NULL;
    struct strbuf got = STRBUF_INIT;
    struct err err = ERR_INIT;
    CHECK(detection_new(&d, detector, scratch, story->banner, &err) == 0);
    detection_prompt(d, view_of(story->prompt));
    const char *command;
    for (int i = 0; (command = detection_next(d)); i++) {
        strbuf_addf(&got, "%s, ", command);
        detection_output(d, view_of(i < 2 && story->outputs[i] ? story->outputs[i] : ""));
        CHECK(i < DETECT_COMMANDS_MOST);
    }
    const struct platform *found = detection_found(d);
    strbuf_addf(&got, "%s: %s", found ? found->name : "-", detection_why(d));
    CHECK_STR(got.buf, story->want);
    strbuf_release(&got);
    detection_free(d);
}

static void the_rules(void)
{
    static const char *const names[] = {"box", "cat", "dog", "fox", "owl", "silent", NULL};
    char dir[] = "/tmp/detect-XXXXXX";
    CHECK(mkdtemp(dir) != NULL);
    write_platform(dir, "box",
                   "prompt: '\\[\\w+\\]'\nusername_suffix: '+t'\n"
                   "detect: {banner: BoxSSH, commands: {what: '^box '}}\n");
    write_platform(dir, "cat", "prompt: '\\w+[>#]'\ndetect: {commands: {show v: '^Cat'}}\n");
    write_platform(dir, "dog",
                   "prompt: '\\w+[>#]'\n"
                   "detect: {banner: [Dog-, Hound], commands: {show v: '(?i)^(cat|dog)'}}\n");
    write_platform(
        dir, "fox",
        "prompt: '\\w+[>#]'\n"
        "detect: {prompt: '\\w+#', commands: {show id: '^fox$', show v: '^bad fox'}}\n");
    write_platform(dir, "owl", "prompt: '.{1,20}[>#]'\ndetect: {commands: {hoot: owl}}\n");
    write_platform(dir, "silent", "prompt: '\\w+[>#]'\n");
    static const struct story stories[] = {
        /* One is left, and its banner fits: enough. */
        {"BoxSSH_2", "[b1]", {NULL}, "box: SSH server 'BoxSSH_2', prompt '[b1]'"},
        /* One is left, without its banner: it has to say so itself. */
        {"SSH", "[b1]", {"box 7"}, "what, box: SSH server 'SSH', prompt '[b1]', what: 'box 7'"},
        {NULL,
         "[b1]",
         {"bax 7"},
         "what, -: cannot tell the platform from prompt '[b1]', what: none of the 5 known ones "
         "fits; say it with `platform: NAME` or --platform NAME"},
        {NULL, "d>", {"x\n  \nDog 1\nDog 2"}, "show v, dog: prompt 'd>', show v: 'Dog 1'"},
        /* Two fit: the banner tells, or nothing does. */
        {"Hound 1",
         "d>",
         {"cat"},
         "show v, dog: SSH server 'Hound 1', prompt 'd>', show v: 'cat'"},
        {"Hound 1",
         "d>",
         {"Cat"},
         "show v, dog: SSH server 'Hound 1', prompt 'd>', show v: 'Cat'"},
        {NULL,
         "d>",
         {"Cat"},
         "show v, -: cannot tell the platform from prompt 'd>', show v: 'Cat': they fit cat or "
         "dog; say it with `platform: NAME` or --platform NAME"},
        /* Two commands, no more; detect.prompt is narrower than prompt. */
        {NULL, "d#", {"?", "fox"}, "show v, show id, fox: prompt 'd#', show v, show id: 'fox'"},
        {NULL, "d#", {"bad fox"}, "show v, fox: prompt 'd#', show v: 'bad fox'"},
        {NULL, "d>", {"?", "an owl"}, "show v, hoot, owl: prompt 'd>', show v, hoot: 'an owl'"},
        {NULL,
         "d#",
         {"?", "?"},
         "show v, show id, -: cannot tell the platform from prompt 'd#', show v, show id: it "
         "may "
         "be owl; say it with `platform: NAME` or --platform NAME"},
        {NULL,
         "!!!",
         {NULL},
         "-: cannot tell the platform from prompt '!!!': none of the 5 known ones fits; say it "
         "with `platform: NAME` or --platform NAME"},
    };
    struct platform_set *set = read_set(dir);
    struct detector *detector = NULL;
    struct err err = ERR_INIT;
    CHECK(detector_new(&detector, set, &err) == 0 && detector_count(detector) == 5);
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        tell(detector, &stories[i]);
    }
    CHECK_STR(detector_username_suffix(detector, scratch, "BoxSSH_2"), "+t");
    CHECK(!detector_username_suffix(detector, scratch, "Hound 1"));
    CHECK(!detector_username_suffix(detector, scratch, NULL));
    const struct platform *any = detector_platform(detector);
    CHECK(any->unknown && any->prompt.n == 5 && !any->setup[0] && !any->enable.command);
    detector_free(detector);
    platform_set_free(set);
    remove_platforms(dir, names);
}

static void wrong_files(void)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"prompt: x\ndetect: {banner: x}\n", "'commands'"},
        {"prompt: x\ndetect: {commands: {}}\n", "no command to tell the platform by"},
        {"prompt: x\ndetect: {commands: {show v: '('}}\n", "not usable"},
        {"prompt: x\ndetect: {comands: {show v: a}}\n", "did you mean 'commands'"},
        {"prompt: x\nread_only: [show]\ndetect: {commands: {reload: a}}\n",
         "'reload' is typed at devices that nobody knows yet"},
    };
    static const char *const names[] = {"bad", NULL};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char dir[] = "/tmp/detect-XXXXXX";
        CHECK(mkdtemp(dir) != NULL);
        write_platform(dir, "bad", cases[i].text);
        const char *dirs[] = {dir};
        struct platform_set *set = NULL;
        struct err err = ERR_INIT;
        CHECK(platform_set_read(&set, dirs, 1, &err) == ERR_INPUT);
        if (!strstr(err.text, cases[i].want)) {
            fprintf(stderr, "%s\n", err.text);
            CHECK(!"the error says what is wrong");
        }
        remove_platforms(dir, names);
    }
}

static void auto_is_no_name(void)
{
    static const char *const names[] = {"auto", NULL}, *const others[] = {"x", NULL};
    char dir[] = "/tmp/detect-XXXXXX", other[] = "/tmp/detect-XXXXXX";
    CHECK(mkdtemp(dir) != NULL && mkdtemp(other) != NULL);
    write_platform(dir, "auto", "prompt: x\n");
    write_platform(other, "x", "prompt: x\naliases: [auto]\n");
    const char *dirs[] = {dir, other};
    for (size_t i = 0; i < 2; i++) {
        struct platform_set *set = NULL;
        struct err err = ERR_INIT;
        CHECK(platform_set_read(&set, &dirs[i], 1, &err) == ERR_INPUT);
        CHECK(strstr(err.text, "'auto' cannot name a platform") != NULL);
    }
    remove_platforms(dir, names);
    remove_platforms(other, others);
}

/* ---- The project's own ---------------------------------------------------------------------
 */

static bool fits(const struct regex *re, struct view text)
{
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        struct view line = view_slice(text, 0, end ? (size_t)(end - text.ptr) : text.len);
        text = view_slice(text, line.len + 1, text.len);
        if (regex_match(re, scratch, line, NULL, 0, NULL) == 1) {
            return true;
        }
    }
    return false;
}

/* One output of a command on a platform: its pattern fits, and no other's. */
static void judge(const struct platform_set *set, const char *platform, const char *command,
                  const char *path)
{
    struct strbuf text = STRBUF_INIT;
    CHECK(strbuf_read_file(&text, path, MIB(1)) == 0);
    for (size_t i = 0; i < platform_count(set); i++) {
        const struct platform *p = platform_at(set, i);
        for (size_t k = 0; k < p->detect.ncommands; k++) {
            bool mine = strcmp(p->name, platform) == 0;
            if (strcmp(p->detect.commands[k].command, command) == 0 &&
                fits(p->detect.commands[k].pattern, strbuf_view(&text)) != mine) {
                fprintf(stderr, "%s: %s\n", path, p->name);
                CHECK(!"fits its platform and no other");
            }
        }
    }
    strbuf_release(&text);
}

static size_t judge_folder(const struct platform_set *set, const char *root,
                           const char *platform, const char *command)
{
    char name[256], path[4096];
    size_t n = 0;
    snprintf(name, sizeof(name), "%s", command[0] == '/' ? command + 1 : command);
    for (char *p = name; *p; p++) {
        *p = *p == ' ' || *p == '-' ? '_' : *p;
    }
    snprintf(path, sizeof(path), "%s/%s/%s", root, platform, name);
    DIR *dir = opendir(path);
    for (struct dirent *e = NULL; dir && (e = readdir(dir));) {
        const char *dot = strrchr(e->d_name, '.');
        if (dot && (strcmp(dot, ".txt") == 0 || strcmp(dot, ".raw") == 0)) {
            char file[8192];
            snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
            judge(set, platform, command, file);
            n++;
        }
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

/* fortinet and checkpoint_gaia are told by how they refuse `show version`, linux by that it has
 * no such command: outputs of theirs are not what is looked for there. */
static bool by_refusal(const struct platform *p, const char *command)
{
    static const char *const names[] = {"fortinet", "checkpoint_gaia", "linux"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(p->name, names[i]) == 0 && strcmp(command, "show version") == 0) {
            return true;
        }
    }
    return false;
}

static size_t judge_all(const char *root)
{
    char templates[4096];
    const char *source = getenv("SOURCE_DIR");
    snprintf(templates, sizeof(templates), "%s/templates", source ? source : ".");
    struct platform_set *set = read_set(templates);
    size_t n = 0;
    for (size_t i = 0; i < platform_count(set); i++) {
        const struct platform *p = platform_at(set, i);
        CHECK(p->detect.ncommands > 0);
        for (size_t k = 0; k < p->detect.ncommands; k++) {
            if (!by_refusal(p, p->detect.commands[k].command)) {
                n += judge_folder(set, root, p->name, p->detect.commands[k].command);
            }
        }
    }
    platform_set_free(set);
    return n;
}

static void the_projects_outputs(void)
{
    char root[4096];
    const char *source = getenv("SOURCE_DIR");
    snprintf(root, sizeof(root), "%s/fixtures", source ? source : ".");
    CHECK(judge_all(root) > 20);
}

static void public_outputs(void)
{
    char root[4096];
    const char *shared = getenv("SHARED_DIR");
    snprintf(root, sizeof(root), "%s/outputs", shared ? shared : "");
    if (access(root, R_OK) == 0) {
        CHECK(judge_all(root) > 20);
    }
}

int main(void)
{
    scratch = regex_scratch_new(NULL, NULL);
    RUN(the_rules);
    RUN(wrong_files);
    RUN(auto_is_no_name);
    RUN(the_projects_outputs);
    RUN(public_outputs);
    regex_scratch_free(scratch);
    return test_end();
}
