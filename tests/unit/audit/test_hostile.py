#!/usr/bin/python3
"""Rule files that want to do harm, or do it by accident: each fault is one clear line and an ERROR
of its rule, the other rules are judged all the same, the database stays as it was, and all of it
ends."""
import hashlib
import json
import os
import sys
import tempfile
import time

import auditcase

SANE = {'id': 'sane', 'title': 't', 'template': 'show_version', 'expect': "version = '1'"}
FOREVER = 'WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) '

# what a query or an expression may not do, and a word of what is said of it
QUERIES = {
    "ATTACH 'stolen.db' AS s": 'syntax error|only reading',
    "DELETE FROM show_version": 'only reading|cannot modify',
    "UPDATE show_version SET version = 2": 'only reading|cannot modify',
    "DELETE FROM main.show_version": 'only reading',
    "UPDATE main._hosts SET host = 'x' RETURNING host": 'only reading',
    "INSERT INTO show_version(host) VALUES('r1')": 'only reading',
    "CREATE TABLE t(a)": 'only reading',
    "DROP TABLE show_version": 'only reading',
    "PRAGMA writable_schema = 1": 'only reading',
    "VACUUM INTO 'copy.db'": 'only reading',
    "BEGIN": 'only reading',
    "SELECT load_extension('evil') AS host": 'not authorized|no such function|only reading',
    "SELECT fts3_tokenizer('x') AS host": 'not authorized|no such function|only reading',
    "SELECT readfile('/etc/passwd') AS host": 'no such function',
    "SELECT writefile('x', 'y') AS host": 'no such function',
    FOREVER + "SELECT max(n) AS host FROM x": 'was stopped',
    FOREVER + "SELECT group_concat(n) AS host FROM x": 'was stopped|too large',
    "SELECT a.host FROM show_version a, (%s SELECT n FROM x) b WHERE b.n < 0" % FOREVER:
        'was stopped',
    "SELECT host FROM show_version WHERE replace(hex(zeroblob(3000000)), '0', 'a') LIKE '%' ||"
    " replace(hex(zeroblob(490)), '0', 'a') || 'b'": 'was stopped',
    "SELECT host FROM show_version WHERE hex(zeroblob(3000000)) GLOB '*' ||"
    " replace(hex(zeroblob(120)), '0', '[01]') || 'b'": 'was stopped',
    "SELECT printf('%.*c', 2000000000, 'x') AS host": 'too large',
    "SELECT hex(zeroblob(1000000000)) AS host": 'too large',
    "SELECT replace(hex(zeroblob(10000000)), '0', hex(zeroblob(100000))) AS host": 'too large',
    "SELECT '%s' REGEXP '^(a|a)+\\1$' AS host, host FROM show_version" % ('a' * 5000):
        'limit|host that the run',
    "SELECT " + "(" * 3000 + "1" + ")" * 3000 + " AS host": 'parser|deep|too large|depth',
    "SELECT " + "+".join(['1'] * 20000) + " AS host": 'depth|too large|deep',
    "SELECT " + ", ".join(['1'] * 150) + ", 'r1' AS host": 'more than 100 columns',
    "SELECT host FROM show_version\0; DROP TABLE show_version": 'NUL|syntax|string',
}
EXPECTS = {
    "(%s SELECT max(n) FROM x)" % FOREVER: 'was stopped',
    "length(printf('%.*c', 2000000000, 'x'))": 'too large',
    "1) FROM show_version; DELETE FROM show_version; --": "closes nothing",
    "version IN (SELECT version FROM main._runs) OR (DELETE FROM show_version)": 'syntax',
    "sum(1) OVER ()": 'misuse',
    "CASE WHEN " + " WHEN ".join(['1 THEN 1'] * 3000) + " END": None,
}
PATTERNS = [r'^(a|aa)+$', r'^(a+)+\1b', r'(?=(a+)+b)x', r'(a*)*(?!a)\1{5}x']

failures = []


def check(cond, what):
    if not cond:
        failures.append(what)
        print('failed: %s' % what)


def database(folder, output='Acme OS version 1\n', config=None):
    db = auditcase.Database(os.path.join(folder, 'DB'))
    db.host({'host': 'r1', 'platform': 'acme', 'data': {'site': 'ams'}})
    db.output('r1', 'show version', output)
    if config is not None:
        db.output('r1', 'show config', config)
    db.close()


def digest(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def write_rules(folder, rules):
    with open(os.path.join(folder, 'rules.yml'), 'w') as f:
        json.dump({'rules': rules}, f)  # JSON is YAML


def judge(folder, ms=100):
    """{rule: (verdict, reason)} of the one host."""
    out = auditcase.run('RULE_MS=%d judge DB rules.yml' % ms, folder)
    found = {}
    for line in out.splitlines():
        words = line.split(' ', 1)
        if words[0] in ('PASS', 'FAIL', 'ERROR', 'SKIP') and ' r1' in line:
            verdict, rest = line[:6].strip(), line[7:]
            name, _, reason = rest.partition(' r1')
            found[name] = (verdict, reason.lstrip(': '))
    return found, out


def said(reason, words):
    return words is None or any(word in reason for word in words.split('|'))


def sql_is_stopped():
    with tempfile.TemporaryDirectory() as folder:
        database(folder)
        rules, words = [], {}
        for i, (sql, word) in enumerate(QUERIES.items()):
            rules.append({'id': 'q%d' % i, 'title': 't', 'templates': ['show_version'],
                          'query': sql})
            words['q%d' % i] = (sql, word)
        for i, (sql, word) in enumerate(EXPECTS.items()):
            for key in 'expect', 'where', 'when':
                rule = dict(SANE, id='%s%d' % (key, i), **{key: sql})
                rules.append(rule)
                words[rule['id']] = (sql, word)
        nul = [rule for rule in rules if '\0' in json.dumps(rule) or '\\u0000' in
               json.dumps(rule)]
        for rule in nul:
            rules.remove(rule)
            del words[rule['id']]
        write_rules(folder, rules + [SANE])
        before, names = digest(os.path.join(folder, 'DB')), sorted(os.listdir(folder))
        started = time.monotonic()
        found, out = judge(folder)
        took = time.monotonic() - started
        check(took < 40, 'all statements together took %.0f s' % took)
        check(found.get('sane') == ('PASS', ''), 'the sane rule: %s' % (found.get('sane'),))
        for name, (sql, word) in words.items():
            verdict, reason = found.get(name, ('', out[-300:]))
            if word is None:
                check(verdict, '%s has a verdict' % sql[:60])
                continue
            check(verdict == 'ERROR' and said(reason, word),
                  '%s: %.60s: %s %.200s' % (name, sql, verdict, reason))
        check(digest(os.path.join(folder, 'DB')) == before, 'the database is as it was')
        check(sorted(os.listdir(folder)) == names, 'no new files: %s' % os.listdir(folder))


def patterns_are_stopped():
    with tempfile.TemporaryDirectory() as folder:
        database(folder, config=('a' * 3000 + '\n') * 3000)
        rules = [{'id': 'p%d' % i, 'title': 't', 'command': 'show config',
                  'lines': {'must_not': pattern}} for i, pattern in enumerate(PATTERNS)]
        write_rules(folder, rules + [SANE])
        started = time.monotonic()
        found, out = judge(folder)
        check(time.monotonic() - started < 40, 'patterns end')
        check(found['sane'][0] == 'PASS', 'the sane rule beside the patterns')
        for rule in rules:
            verdict, reason = found[rule['id']]
            limited = 'took more than' in reason or 'too long' in reason
            check(verdict in ('FAIL', 'PASS') or verdict == 'ERROR' and limited,
                  '%s: %s %s' % (rule['lines']['must_not'], verdict, reason))
        check(found['p2'][0] == 'ERROR', 'a pattern that cannot be finished: %s' % out)


def outputs_are_bounded():
    """Blocks within blocks of a staircase, a line without an end, bytes of all kinds."""
    stairs = ''.join(' ' * (i % 2000) + 'x\n' for i in range(6000))
    for config in stairs, 'x' * (4 << 20), bytes(range(256)).decode('latin-1') * 1000:
        with tempfile.TemporaryDirectory() as folder:
            database(folder, config=config)
            rules = [
                {'id': 'blocks', 'title': 't', 'command': 'show config',
                 'lines': {'within': 'x', 'must': ['y', 'z', '(a|b)+c'], 'must_not': 'n$'}},
                {'id': 'lines', 'title': 't', 'command': 'show config',
                 'lines': {'must_not': 'x'}}]
            write_rules(folder, rules + [SANE])
            found, out = judge(folder)
            check(found['sane'][0] == 'PASS', 'the sane rule beside an odd output')
            check(found['blocks'][0] in ('FAIL', 'ERROR') or config[0] == '\0',
                  'blocks: %s' % (found['blocks'],))
            check(found['lines'][0] == 'FAIL', 'lines: %s' % (found['lines'],))
            check(len(out) < 300000, 'evidence is cut: %d bytes' % len(out))


def files_are_refused():
    files = {
        'binary': (bytes(range(256)) * 100, 'rules.yml:'),
        'nul': (b'rules:\n - {id: a, title: "a\\0b", template: t, expect: "1"}\n', 'rules.yml:2'),
        'deep': (b'rules: ' + b'[' * 100000, 'rules.yml:1'),
        'deep-blocks': (b'rules:\n' + b''.join(b' ' * i + b'- a:\n' for i in range(1, 500)),
                        'rules.yml:'),
        'huge': (b'# ' + b'x' * (17 << 20), 'too large'),
        'alias': (b'a: &a [1]\nrules: *a\n', 'rules.yml:'),
        'many': (b'rules:\n' + b''.join(
            b'- {id: r%d, title: t, template: t, expect: "1"}\n' % i for i in range(10001)),
            'more than 10000 rules'),
        'long-id': (b'rules: [{id: ' + b'x' * 201 + b', title: t, template: t, expect: "1"}]',
                    'an id has'),
        'long-sql': (b'rules: [{id: a, title: t, template: t, expect: "' + b'1' * 70000 + b'"}]',
                     'more than 65536 bytes'),
        'long-pattern': (b'rules: [{id: a, title: t, command: c, lines: {must: "' + b'x' * 70000 +
                         b'"}}]', '65536'),
        'patterns': (b'rules: [{id: a, title: t, command: c, lines: {must: [' + b'x, ' * 201 +
                     b']}}]', '200'),
        'platforms': (b'rules: [{id: a, title: t, template: t, expect: "1", platforms: [' +
                      b'x, ' * 201 + b']}]', '200'),
        'needs': (b'rules:\n' + b''.join(
            b'- {id: r%d, title: t, query: q, templates: [%s]}\n' % (
                i, b', '.join(b't%d' % (i * 200 + k) for k in range(200)))
            for i in range(51)), 'need more than 10000'),
    }
    for name, (data, words) in files.items():
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'rules.yml'), 'wb') as f:
                f.write(data)
            out = auditcase.run('rules rules.yml', folder)
            check(out.startswith('error: ') and out.count('\n') == 1 and words in out and
                  len(out) < 1100, '%s: %.300s' % (name, out))
            if len(data) < 100000:
                check('remarks' in auditcase.run('check rules.yml', folder),
                      'check of %s' % name)


def thousands_of_rules():
    with tempfile.TemporaryDirectory() as folder:
        database(folder)
        write_rules(folder, [dict(SANE, id='r%d' % i) for i in range(2000)])
        started = time.monotonic()
        found, out = judge(folder)
        check(time.monotonic() - started < 30, 'thousands of rules end')
        check(len(found) == 2000 and 'PASS 2000,' in out, 'they are judged: %s' % out[-100:])


def databases_are_refused():
    for data in b'', b'SQLite format 3\0' + bytes(range(256)) * 40, b'no database\n' * 100:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, 'DB'), 'wb') as f:
                f.write(data)
            write_rules(folder, [SANE])
            out = auditcase.run('judge DB rules.yml', folder)
            check(out.startswith('error: DB') and out.count('\n') == 1, 'no database: %s' % out)


def main():
    tests = (sql_is_stopped, patterns_are_stopped, outputs_are_bounded, files_are_refused,
             thousands_of_rules, databases_are_refused)
    for test in tests:
        started = time.monotonic()
        test()
        if '-v' in sys.argv:
            print('%s: %.1f s' % (test.__name__, time.monotonic() - started))
    print('%d failed' % len(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
