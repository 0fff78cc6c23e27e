/* One template, one table and one index, many threads: each gets what it would get alone. What
 * compiles itself when first needed must do so only as far as others can see. (For
 * -fsanitize=thread.)
 */
#include "test.h"
#include "textfsm.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS  400

static const char source[] = "Value NAME (\\w+)\nValue List N (\\d+)\nValue TEXT (\\S.*?)\n\n"
                             "Start\n  ^${NAME}: ${N} ${TEXT}\\s*$$ -> Record\n"
                             "  ^.*x${N}y.*$$ -> Record\n  ^(a+)+$$\n  ^. -> Error\n";
static const char index_text[] =
    "Template, Platform, Command\na, (x|y)_os, sh[[ow]] \\S+ v[[er]]\n";
static const char text[] = "ab: 12 text here  \nzzx12yy x3y q\naaaa\n\xC3\xA9x7y\n";

static const char other[] =
    "Value Key NAME (\\w+)\nValue S (\\S)\n\nStart\n  ^${NAME}: .*${S}\\s*$$ -> Record\n";

struct shared {
    struct textfsm_template *template, *second;
    struct textfsm_table *table;
    struct textfsm_index *index;
};

struct thread {
    pthread_t id;
    const struct shared *shared;
    int wrong;
};

static int is(const struct textfsm_cell *cell, const char *want)
{
    return cell->len == strlen(want) && memcmp(cell->u.text, want, cell->len) == 0;
}

static int round_wrong(struct textfsm_run *run, const struct textfsm_index *index)
{
    textfsm_run_reset(run);
    int rc = textfsm_run_feed(run, text, strlen(text), NULL);
    rc = rc ? rc : textfsm_run_finish(run, NULL);
    if (rc < 0 || textfsm_run_rows(run) != 3) {
        return 1;
    }
    const struct textfsm_cell *first = textfsm_run_row(run, 0);
    const struct textfsm_cell *second = textfsm_run_row(run, 1);
    return !is(&first[0], "ab") || !is(&first[2], "text here") || second[1].len != 1 ||
           !is(second[1].u.items, "3") ||
           textfsm_index_find(index, "y_os", "show it ve", NULL, 0, NULL) != 0;
}

static int merge_wrong(struct textfsm_merge *merge)
{
    textfsm_merge_reset(merge);
    int rc = textfsm_merge_feed(merge, text, strlen(text), NULL);
    rc = rc ? rc : textfsm_merge_finish(merge, NULL);
    if (rc < 0 || textfsm_merge_rows(merge) != 3) {
        return 1;
    }
    return !is(&textfsm_merge_row(merge, 0)[3], "e") ||
           !is(&textfsm_merge_row(merge, 1)[3], "");
}

static void *work(void *user)
{
    struct thread *thread = user;
    struct textfsm_merge *merge = textfsm_merge_new(thread->shared->table, NULL, NULL);
    struct textfsm_run *run = textfsm_run_new(thread->shared->template, NULL, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        thread->wrong += round_wrong(run, thread->shared->index);
        thread->wrong += merge_wrong(merge);
    }
    textfsm_merge_free(merge);
    textfsm_run_free(run);
    return NULL;
}

static void test_shared(void)
{
    struct thread threads[THREADS];
    struct shared shared = {
        .template = textfsm_template_new(source, strlen(source), "t", NULL, NULL),
        .second = textfsm_template_new(other, strlen(other), "s", NULL, NULL),
        .index = textfsm_index_new(index_text, strlen(index_text), "i", NULL, NULL)};
    const struct textfsm_template *both[] = {shared.template, shared.second};
    shared.table = textfsm_table_new(both, 2, NULL, NULL);
    CHECK(shared.table && shared.index);
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (struct thread){.shared = &shared};
        CHECK(pthread_create(&threads[i].id, NULL, work, &threads[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i].id, NULL);
        CHECK(threads[i].wrong == 0);
    }
    textfsm_table_free(shared.table);
    textfsm_template_free(shared.template);
    textfsm_template_free(shared.second);
    textfsm_index_free(shared.index);
}

int main(void)
{
    RUN(test_shared);
    return test_end();
}
