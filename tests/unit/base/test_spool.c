#include "base/spool.h"
#include "test.h"

/* The n-th byte of everything that is ever added. */
static char byte_at(uint64_t n)
{
    return (char)(n * 31 + n / 251);
}

static void add_bytes(struct spool *spool, size_t n)
{
    struct strbuf sb = STRBUF_INIT;
    for (uint64_t at = spool_size(spool), end = at + n; at < end; at++) {
        strbuf_addch(&sb, byte_at(at));
    }
    struct err err = ERR_INIT;
    CHECK(spool_add(spool, strbuf_view(&sb), &err) == 0);
    strbuf_release(&sb);
}

static bool right(const char *bytes, uint64_t at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != byte_at(at + i)) {
            return false;
        }
    }
    return true;
}

static void reads_across_memory_and_disk(void)
{
    static const size_t ceilings[] = {0, 1, 7, 100, 1 << 20};
    for (size_t c = 0; c < 5; c++) {
        struct spool spool;
        spool_init(&spool, ceilings[c]);
        for (size_t i = 0; i < 40; i++) {
            add_bytes(&spool, i);
        }
        CHECK(spool_size(&spool) == 780);
        char buf[780];
        struct err err = ERR_INIT;
        for (size_t at = 0; at < 780; at += 13) {
            size_t n = 780 - at < 97 ? 780 - at : 97;
            CHECK(spool_read(&spool, at, buf, n, &err) == 0);
            CHECK(right(buf, at, n));
        }
        CHECK(spool_read(&spool, 700, buf, 81, &err) == ERR_OUTPUT);
        CHECK((spool.fd >= 0) == (ceilings[c] < 780));
        spool_release(&spool);
    }
}

static void cursor_reads_all(void)
{
    struct spool spool;
    spool_init(&spool, 1000);
    for (size_t i = 0; i < 700; i++) {
        add_bytes(&spool, i);
    }
    struct spool_cursor cursor;
    spool_seek(&cursor, &spool, 0);
    struct err err = ERR_INIT;
    uint64_t at = 0;
    for (size_t i = 0; i < 700; at += i++) {
        struct view piece;
        CHECK(spool_next(&cursor, i, &piece, &err) == 0);
        CHECK(piece.len == i && right(piece.ptr, at, i));
    }
    struct view piece;
    CHECK(spool_next(&cursor, 1, &piece, &err) == ERR_OUTPUT);
    spool_cursor_release(&cursor);
    spool_release(&spool);
}

static void reset_starts_over(void)
{
    struct spool spool;
    struct err err = ERR_INIT;
    spool_init(&spool, 10);
    add_bytes(&spool, 1000);
    CHECK(spool_reset(&spool, &err) == 0);
    CHECK(spool_size(&spool) == 0);
    add_bytes(&spool, 30);
    char buf[30];
    CHECK(spool_read(&spool, 0, buf, 30, &err) == 0);
    CHECK(right(buf, 0, 30));
    spool_release(&spool);
}

static void says_where_it_could_not(void)
{
    setenv("TMPDIR", "/nonexistent/folder", 1);
    struct spool spool;
    struct err err = ERR_INIT;
    spool_init(&spool, 0);
    CHECK(spool_add(&spool, VIEW("x"), &err) == ERR_OUTPUT);
    CHECK(strstr(err.text, "/nonexistent/folder"));
    spool_release(&spool);
    unsetenv("TMPDIR");
}

int main(void)
{
    RUN(reads_across_memory_and_disk);
    RUN(cursor_reads_all);
    RUN(reset_starts_over);
    RUN(says_where_it_could_not);
    return test_end();
}
