#!/usr/bin/python3
"""printf, format, instr, replace, trim, LIKE and GLOB of our own give what SQLite's give, and end at once where
SQLite's do not."""
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

COLLECT = os.environ['COLLECT']

TEXTS = ["''", "'a'", "'aXbXc'", "'XX'", "'äöü€'", "'€'", "NULL", "12", "-7.25", "'it''s'",
         "9223372036854775807", "0", "'1e3'", "'a\"b'"]
FORMATS = ['%d', '%5d|', '%-5d|', '%05d', '%+d', '% d', '%,d', '%i', '%u', '%x', '%X', '%#x', '%o',
           '%lld', '%ld', '%f', '%.2f', '%10.3f|', '%e', '%g', '%G', '%!.20g', '%E', '%s', '%10s|',
           '%-10s|', '%.2s|', '%z', '%q', '%Q', '%w', '%c', '%3c|', '%.3c', '%%', '100%', '%y',
           'a%nb', '%n%d', '%*d|', '%-*d|', '%.*f', '%s %s', '%.0f', '%5.1s|', '%!5s|', '']


def expressions():
    for text in TEXTS:
        for form in FORMATS:
            star = '4, ' if '*' in form else ''
            yield "printf('%s', %s%s)" % (form, star, text)
        for side in 'trim', 'ltrim', 'rtrim':
            yield "%s('  ' || %s || ' \t ')" % (side, text)
            yield '%s(%s)' % (side, text)
            for set_ in "''", "'ac'", "'€ä'", 'NULL', "'X1'", "2":
                yield '%s(%s, %s)' % (side, text, set_)
        for other in TEXTS:
            yield 'instr(%s, %s)' % (text, other)
            for third in TEXTS[:7]:
                yield 'replace(%s, %s, %s)' % (text, other, third)
    yield from ("trim(x'C3A4', x'A4')", "typeof(trim(12))", "hex(trim(x'2000'))",
                "printf()", "printf(NULL)", "format('%d')", "printf('%s')", "printf('%d%d', 1)",
                "format('%s-%s', 1)", "instr(x'616263', x'63')", "instr(x'C3A4', x'A4')",
                "instr('äb', x'62')", "hex(replace(x'00616200', x'6162', 'z'))",
                "printf('%.*c', -3, 'x')", "printf('%*s', -5, 'x')",
                "typeof(printf('%d', 1))", "typeof(instr(NULL, 1))", "typeof(replace(1, 2, 3))")


def ours(path, columns):
    sql = 'SELECT ' + ', '.join("coalesce(%s, '<NULL>') AS c%d" % (e, i)
                                for i, e in enumerate(columns))
    done = subprocess.run([COLLECT, 'query', '-f', 'json', sql, path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit('...%s' % done.stderr.decode()[-300:])
    return list(json.loads(done.stdout)[0].values())


LETTERS = [b'a', b'A', b'b', b'%', b'_', b'*', b'?', b'[', b']', b'^', b'-', b'\xc3\xa4', b'\xc3\x84',
           b'\xe2\x82\xac', b'\x80', b'\xc3', b'\xff', b'@']


def likes(path, db):
    """Random patterns, texts and escapes, through both: how many answers differ."""
    random.seed(7)
    db.execute('CREATE TABLE likes(p, t, e)')
    for i in range(20000):
        some = random.sample(LETTERS, random.randint(2, 6))
        pattern, text = (b''.join(random.choices(some, k=random.randint(0, n))) for n in (8, 12))
        escape = random.choice(some).decode('utf-8', 'replace')
        db.execute('INSERT INTO likes VALUES(CAST(? AS TEXT), CAST(? AS TEXT), ?)',
                   (pattern, text, escape if i % 9 else None))
    db.executemany('INSERT INTO likes VALUES(?, ?, NULL)', [
        (None, 'a'), ('a', None), (b'a', 'a'), ('a', b'A'), (1, 12), ('1_', 12), ('1.5', 1.5), ('', ''),
        ('a\0b', 'a\0c'), ('%', ''), ('*', ''), ('[', '['), ('[]]', ']'), ('[^]]', ']'), ('[a-', 'a')])
    db.commit()
    sql = 'SELECT p LIKE t AS a, t LIKE p AS b, t GLOB p AS c, t LIKE p ESCAPE e AS d FROM likes'
    got = json.loads(subprocess.run([COLLECT, 'query', '-f', 'json', sql, path], check=True,
                                    stdout=subprocess.PIPE).stdout)
    rows = db.execute('SELECT hex(p), hex(t), e FROM likes').fetchall()
    failed = 0
    for row, want, have in zip(rows, db.execute(sql).fetchall(), got, strict=True):
        have = tuple(v if v is None else int(v) for v in have.values())
        if have != want:
            failed += 1
            if failed < 20:
                print('%s: got %s, SQLite gives %s' % (row, have, want))
    return failed


def main():
    failed, bad = 0, re.compile('\ufffd+')
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x.db')
        db = sqlite3.connect(path)
        db.text_factory = lambda text: text.decode('utf-8', 'replace')
        db.execute('CREATE TABLE t(a)')
        db.commit()
        every = list(expressions())
        for start in range(0, len(every), 90):
            part = every[start:start + 90]
            for expression, got in zip(part, ours(path, part)):
                want = db.execute("SELECT CAST(coalesce(%s, '<NULL>') AS TEXT)" %
                                  expression).fetchone()[0]
                if bad.sub('\ufffd', str(got)) != bad.sub('\ufffd', want):
                    print('%s: got %r, SQLite gives %r' % (expression, got, want))
                    failed += 1
        failed += likes(path, db)
        for expression, words in (
                ("length(printf('%.*c', 2000000000, 'x'))", 'too big'),
                ("length(printf('%2000000000d', 1))", 'too big'),
                ("length(printf('%.2000000000s', 'x'))", 'too big'),
                ("length(ltrim(hex(zeroblob(20000000)), hex(zeroblob(1000000))))", 'trim()'),
                ("length(trim(hex(zeroblob(10000000)), 'abcdef0'))", ''),
                ("instr(hex(zeroblob(20000000)), hex(zeroblob(10000000)) || '1')", ''),
                ("length(replace(hex(zeroblob(20000000)), hex(zeroblob(10000000)) || '1', ''))",
                 ''),
                ("hex(zeroblob(20000000)) LIKE '%00000%' || hex(zeroblob(20)) || '%1%'", ''),
                ("hex(zeroblob(2000000)) GLOB '*' || hex(zeroblob(40)) || '[^0]'", ''),
                ("'a' LIKE hex(zeroblob(600))", 'pattern too complex'),
                ("'a' LIKE 'a' ESCAPE 'xy'", 'single character')):
            started = time.monotonic()
            done = subprocess.run([COLLECT, 'query', 'SELECT ' + expression, path],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=50)
            if words not in done.stderr.decode() or time.monotonic() - started > 20:
                print('%s: %s' % (expression, done.stderr.decode()))
                failed += 1
    print('%d failed' % failed)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
