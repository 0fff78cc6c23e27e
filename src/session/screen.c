#include "session/screen.h"

#include "base/limits.h"

/* A move to the right further than this is no layout; and lines longer than this are not
 * shifted about, which a hostile device could ask for again and again. */
#define COLUMN_MOST 4096

enum state {
    GROUND,
    ESCAPE,  /* after ESC */
    CHARSET, /* after ESC and one of ( ) * + # % or a blank: one byte follows */
    CSI,     /* after ESC [ */
    STRING,  /* after ESC ] P X ^ _: until BEL or ESC \ */
    STRING_ESCAPE,
};

/* What became of a pager that was answered. */
enum pager {
    PAGER_NONE,
    PAGER_STANDING, /* its text is there, and at most blanks behind it */
    PAGER_TAIL, /* more came behind it: the rest of the pager, or text if it is not removed */
    PAGER_TAIL_CR, /* ... and then CR: LF means text, anything else that all of it goes */
    PAGER_LEFT,    /* taken away: the cursor went to its start, and nothing was written yet */
    PAGER_FADING,  /* it is being overwritten from somewhere in its middle */
    PAGER_GONE,    /* taken away; blanks written in its place are none */
};

void screen_init(struct screen *s, size_t max_bytes)
{
    *s = (struct screen){.text = STRBUF_MAX(max_bytes ? max_bytes : LIMIT_COMMAND_BYTES)};
}

void screen_release(struct screen *s)
{
    size_t max = s->text.max;
    strbuf_release(&s->text);
    screen_init(s, max);
}

void screen_clear(struct screen *s)
{
    struct strbuf text = s->text;
    strbuf_reset(&text);
    *s = (struct screen){.text = text};
}

void screen_consume(struct screen *s, size_t n)
{
    if (n > s->line_start) {
        n = s->line_start;
    }
    strbuf_consume(&s->text, n);
    s->line_start -= n;
}

bool screen_detach(struct screen *s, size_t start, size_t n, struct strbuf *out)
{
    struct strbuf rest = STRBUF_MAX(s->text.max);
    n = n < s->line_start ? n : s->line_start;
    strbuf_add(&rest, s->text.buf + n, s->text.len - n);
    if (strbuf_failed(&rest)) {
        strbuf_release(&rest);
        return false;
    }
    rest.failed = s->text.failed;
    strbuf_release(out);
    *out = s->text;
    out->failed = false;
    strbuf_truncate(out, n);
    strbuf_consume(out, start);
    s->text = rest;
    s->line_start -= n;
    return true;
}

static size_t line_length(const struct screen *s)
{
    return s->text.len - s->line_start;
}

static char *line_bytes(const struct screen *s)
{
    return s->text.buf + s->line_start;
}

static bool blank(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != ' ') {
            return false;
        }
    }
    return true;
}

static void cut_line(struct screen *s, size_t length)
{
    if (length < line_length(s)) {
        strbuf_truncate(&s->text, s->line_start + length);
    }
}

struct view screen_last_line(const struct screen *s)
{
    size_t length = line_length(s);
    size_t from = s->pager == PAGER_TAIL && s->pager_end < length ? s->pager_end : 0;
    if (s->column < length && blank(line_bytes(s) + s->column, length - s->column)) {
        length = s->column > from ? s->column : from;
    }
    return view_make(line_bytes(s) + from, length - from);
}

void screen_pager(struct screen *s, size_t start)
{
    s->pager = PAGER_STANDING;
    s->pager_start = start;
    s->pager_end = line_length(s);
}

/* Takes the pager's own text out of the line; what is behind it moves up. */
static void remove_pager(struct screen *s)
{
    char *line = line_bytes(s);
    size_t length = line_length(s), end = s->pager_end < length ? s->pager_end : length;
    memmove(line + s->pager_start, line + end, length - end);
    cut_line(s, s->pager_start + length - end);
    s->pager = PAGER_NONE;
}

/* Takes away the pager and all that is behind it. */
static void cut_pager(struct screen *s)
{
    cut_line(s, s->pager_start);
    s->pager = PAGER_LEFT;
}

/* The cursor goes back to column. Where it reaches the start of a pager, the pager is gone, and
 * so are the blanks that some devices write over it before they go back once more. */
static void move_back(struct screen *s, size_t column)
{
    s->column = column;
    if (s->pager == PAGER_NONE || column > s->pager_start) {
        return;
    }
    size_t length = line_length(s), start = s->pager_start < length ? s->pager_start : length;
    if (s->pager == PAGER_STANDING || s->pager == PAGER_TAIL || s->pager == PAGER_TAIL_CR) {
        cut_pager(s);
    } else if (!blank(line_bytes(s) + start, length - start)) {
        s->pager = PAGER_NONE;
    } else {
        cut_line(s, start);
        s->pager = s->pager == PAGER_LEFT ? PAGER_LEFT : PAGER_GONE;
    }
}

static void carriage_return(struct screen *s)
{
    if (s->pager == PAGER_TAIL || s->pager == PAGER_TAIL_CR) {
        s->column = 0;
        s->pager = PAGER_TAIL_CR;
    } else {
        move_back(s, 0);
    }
}

bool screen_pager_stands(const struct screen *s)
{
    return s->pager == PAGER_STANDING || s->pager == PAGER_FADING || s->pager == PAGER_TAIL_CR;
}

/* Blanks up to the cursor when it stands behind the end of the line. */
static void reach_cursor(struct screen *s)
{
    if (s->column > line_length(s)) {
        strbuf_addchars(&s->text, ' ', s->column - line_length(s));
        s->column = line_length(s);
    }
}

/* At the end of the line: adds as much as fits, so that chunks make no difference. */
static void append(struct screen *s, const char *bytes, size_t n)
{
    size_t room = s->text.max - s->text.len;
    bool over = n > room;
    strbuf_add(&s->text, bytes, over ? room : n);
    s->column = line_length(s);
    if (over) {
        s->text.failed = true;
    }
}

static void write_bytes(struct screen *s, const char *bytes, size_t n)
{
    reach_cursor(s);
    size_t over = line_length(s) - s->column;
    if (over > n) {
        over = n;
    }
    memcpy(line_bytes(s) + s->column, bytes, over);
    s->column += over;
    if (n > over) {
        append(s, bytes + over, n - over);
    }
}

/* What writing bytes at the cursor means for a pager. */
static void pass_pager(struct screen *s, const char *bytes, size_t n)
{
    if (s->pager == PAGER_TAIL_CR) {
        cut_pager(s);
    }
    if (s->pager == PAGER_LEFT) {
        s->pager = PAGER_GONE;
    } else if ((s->pager == PAGER_STANDING || s->pager == PAGER_TAIL) &&
               s->column < line_length(s)) {
        s->pager = PAGER_FADING;
    } else if (s->pager == PAGER_STANDING && !blank(bytes, n)) {
        s->pager = PAGER_TAIL;
    }
}

/* Bytes that are seen, at the cursor. */
static void put(struct screen *s, const char *bytes, size_t n)
{
    if (s->pager != PAGER_NONE) {
        pass_pager(s, bytes, n);
    }
    write_bytes(s, bytes, n);
}

static void new_line(struct screen *s)
{
    bool untouched = s->pager == PAGER_STANDING || s->pager == PAGER_LEFT;
    bool drop = untouched && s->pager_start == 0;
    if (untouched) {
        cut_line(s, s->pager_start);
    } else if (s->pager == PAGER_TAIL || s->pager == PAGER_TAIL_CR) {
        remove_pager(s);
    }
    s->pager = PAGER_NONE;
    if (!drop) {
        append(s, "\n", 1);
    }
    s->line_start = s->text.len;
    s->column = 0;
    s->row = 0;
}

static void backspace(struct screen *s)
{
    size_t column = s->column;
    const char *line = line_bytes(s);
    if (column > 0) {
        column--;
        for (int i = 0; i < 3 && column > 0 && column < line_length(s) &&
                        ((unsigned char)line[column] & 0xC0) == 0x80;
             i++) {
            column--;
        }
    }
    move_back(s, column);
}

/* The i-th of the numbers between semicolons, or missing. */
static unsigned parameter(const struct screen *s, unsigned i, unsigned missing)
{
    unsigned value = 0, field = 0;
    bool digits = false;
    for (unsigned k = 0; k < s->sequence_len && field <= i; k++) {
        char c = s->sequence[k];
        if (c == ';') {
            field++;
        } else if (field == i && c >= '0' && c <= '9' && value <= COLUMN_MOST) {
            value = value * 10 + (unsigned)(c - '0');
            digits = true;
        }
    }
    return digits ? value : missing;
}

static void erase(struct screen *s, unsigned mode)
{
    if (mode == 0) {
        cut_line(s, s->column);
    } else if (mode == 1 && s->column <= COLUMN_MOST) {
        size_t length = line_length(s);
        memset(line_bytes(s), ' ', s->column < length ? s->column : length);
    } else if (mode == 2) {
        cut_line(s, 0);
    }
}

static size_t to_the_right(const struct screen *s, unsigned n)
{
    size_t column = s->column + n;
    return column > COLUMN_MOST && column > line_length(s) ? s->column : column;
}

static void move_to(struct screen *s, unsigned row, unsigned column)
{
    if (s->row != row && s->row != 0 && line_length(s) > 0) {
        new_line(s);
    }
    s->row = row;
    size_t target = column > 0 && column <= COLUMN_MOST ? column - 1 : 0;
    if (target < s->column) {
        move_back(s, target);
    } else {
        s->column = target;
    }
}

static void delete_characters(struct screen *s, size_t n)
{
    size_t length = line_length(s);
    if (s->column < length && length <= COLUMN_MOST) {
        n = n < length - s->column ? n : length - s->column;
        char *at = line_bytes(s) + s->column;
        memmove(at, at + n, length - s->column - n);
        cut_line(s, length - n);
    }
}

static void insert_blanks(struct screen *s, size_t n)
{
    size_t length = line_length(s);
    if (s->column < length && length <= COLUMN_MOST && n <= COLUMN_MOST) {
        strbuf_addchars(&s->text, ' ', n);
        if (line_length(s) == length + n) {
            char *at = line_bytes(s) + s->column;
            memmove(at + n, at, length - s->column);
            memset(at, ' ', n);
        }
    }
}

static void run_csi(struct screen *s, char final)
{
    unsigned n = parameter(s, 0, 1);
    n = n ? n : 1;
    if (s->pager == PAGER_TAIL_CR) {
        cut_pager(s);
    }
    if (s->pager != PAGER_NONE && strchr("JKP@", final)) {
        s->pager = PAGER_GONE;
    }
    switch (final) {
    case 'C':
        s->column = to_the_right(s, n);
        break;
    case 'D':
        move_back(s, s->column > n ? s->column - n : 0);
        break;
    case 'G':
        move_to(s, s->row, n);
        break;
    case 'H':
    case 'f':
        move_to(s, n, parameter(s, 1, 1));
        break;
    case 'J':
    case 'K':
        erase(s, parameter(s, 0, 0));
        break;
    case 'P':
        delete_characters(s, n);
        break;
    case '@':
        insert_blanks(s, n);
        break;
    default:
        break;
    }
}

static void in_escape(struct screen *s, char c)
{
    s->state = GROUND;
    if (c == '[') {
        s->state = CSI;
        s->sequence_len = 0;
    } else if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_') {
        s->state = STRING;
    } else if (c == 'D' || c == 'E') {
        new_line(s);
    } else if (c != '\0' && strchr("()*+#% ", c)) {
        s->state = CHARSET;
    }
}

static void in_csi(struct screen *s, char c)
{
    if (c >= 0x40 && c <= 0x7E) {
        s->state = GROUND;
        run_csi(s, c);
    } else if (s->sequence_len < sizeof(s->sequence)) {
        s->sequence[s->sequence_len++] = c;
    } else {
        s->state = GROUND;
    }
}

static void control(struct screen *s, char c)
{
    switch (c) {
    case '\n':
        new_line(s);
        break;
    case '\r':
        carriage_return(s);
        break;
    case '\b':
        backspace(s);
        break;
    case '\x1b':
        s->state = ESCAPE;
        break;
    case '\0':
        if (!s->after_cr) {
            put(s, &c, 1);
        }
        break;
    default:
        break;
    }
    s->after_cr = c == '\r';
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t' && c != '\v' && c != '\f') || c == 0x7F;
}

/* One byte inside a sequence. A line feed ends whatever it was: no sequence swallows lines. */
static void in_sequence(struct screen *s, char c)
{
    if (c == '\n' || c == '\x18' || c == '\x1a') {
        s->state = GROUND;
        control(s, c);
        return;
    }
    switch (s->state) {
    case ESCAPE:
        in_escape(s, c);
        break;
    case CSI:
        in_csi(s, c);
        break;
    case STRING:
        s->state = c == '\a' ? GROUND : c == '\x1b' ? STRING_ESCAPE : STRING;
        break;
    case STRING_ESCAPE:
        s->state = c == '\\' ? GROUND : STRING;
        break;
    default:
        s->state = GROUND;
        break;
    }
}

bool screen_feed(struct screen *s, struct view bytes)
{
    const char *p = bytes.ptr, *end = p + bytes.len;
    while (p < end) {
        if (s->state != GROUND) {
            in_sequence(s, *p++);
        } else if (is_control(*p)) {
            control(s, *p++);
        } else {
            const char *from = p;
            while (p < end && !is_control(*p)) {
                p++;
            }
            s->after_cr = false;
            put(s, from, (size_t)(p - from));
        }
    }
    return !strbuf_failed(&s->text);
}
