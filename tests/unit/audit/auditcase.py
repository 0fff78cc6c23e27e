"""Cases of test_cases.py: a run's database and rule files made from text.

A case is a text file:

    what it shows
    -- run NAME=VALUE ... COMMAND [ARGUMENT ...]     driver_audit.c's; DB, OLD and the case's
    -- file rules.yml                                files stand for themselves
    ...
    -- host {"host": "r1", "platform": "acme"}       more keys: as _hosts has columns
    -- output r1 show version                        what the host said: parsed by `collect parse`
    ...
    -- job {"host": "r1", "command": "show clock", "status": "timed-out"}
    -- ask {"host": "r1", "asked": "show_clock", "by_name": 1}
    -- sql                                           what else is done to the database
    -- old                                           what follows is another database (OLD)
    -- result                                        what the driver prints

`next run` in place of a host begins another run in the same database.
"""
import hashlib
import json
import os
import re
import shlex
import sqlite3
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(HERE, 'templates')
BUILD = os.environ['BUILD_DIR']
DRIVER = os.path.join(BUILD, 'tests', 'driver-audit-audit')

SCHEMA = '''
CREATE TABLE _runs(id INTEGER PRIMARY KEY, started TEXT, ended TEXT, who TEXT, inventory TEXT,
  inventory_sha256 TEXT, options TEXT, version TEXT);
CREATE TABLE _hosts(run INTEGER, host TEXT, address TEXT, port INTEGER, platform TEXT,
  status TEXT, reason TEXT, connect_ms INTEGER, auth_ms INTEGER, total_ms INTEGER,
  algorithms TEXT, fingerprint TEXT, place INTEGER, groups TEXT, data TEXT);
CREATE TABLE _jobs(run INTEGER, host TEXT, command TEXT, template TEXT,
  template_fingerprint TEXT, status TEXT, reason TEXT, collected_at TEXT, took_ms INTEGER,
  exit_status INTEGER, output TEXT);
CREATE TABLE _asks(run INTEGER, host TEXT, asked TEXT, by_name INTEGER, command TEXT,
  records TEXT, reason TEXT);
CREATE INDEX _jobs_by_host ON _jobs(host, command);
'''
# (platform, command) -> template file, table
READERS = {
    ('acme', 'show version'): ('acme/show_version.textfsm', 'show_version'),
    ('acme', 'show interfaces'): ('acme/show_interfaces.textfsm', 'show_interfaces'),
    ('acme', 'show vlans'): ('acme/show_vlans.textfsm', 'show_vlans'),
    ('other', 'display version'): ('other/display_version.textfsm', 'show_version'),
    ('other', 'show interfaces'): ('other/show_interfaces.textfsm', 'show_interfaces'),
}
OWN = ['host', 'platform', 'command', 'collected_at']
AT = '2026-11-22T10:00:00Z'


def parse(template, text, cache={}):
    """The rows of an output: [{column: value}]; None when the template refused it."""
    if (template, text) not in cache:
        done = subprocess.run(
            [os.environ['COLLECT'], 'parse', '-T', os.path.join(TEMPLATES, template), '-f',
             'json', '-'], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        cache[template, text] = json.loads(done.stdout) if done.returncode == 0 else None
    return cache[template, text]


def values_of(template):
    """[(name, type)] of a template's values, as the store declares them."""
    kinds = []
    with open(os.path.join(TEMPLATES, template)) as f:
        for line in f:
            words = line.split()
            if words[:1] == ['Value']:
                options = words[1].split(',') if words[2][0] != '(' else []
                name = (words[2] if options else words[1]).lower()
                kinds.append((name, 'JSON LIST' if 'List' in options else
                              'TEXT "key"' if 'Key' in options else 'TEXT'))
    return kinds


class Database:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.executescript(SCHEMA)
        self.platforms, self.run, self.place = {}, 0, 0
        self.next_run()

    def next_run(self):
        self.run += 1
        self.place = 0
        self.insert('_runs', {'id': self.run, 'started': '2026-11-22T09:0%d:00Z' % self.run,
                              'ended': '2026-11-22T10:30:00Z'})

    def insert(self, table, row):
        self.db.execute('INSERT INTO "%s"(%s) VALUES(%s)' % (
            table, ', '.join('"%s"' % name for name in row), ', '.join('?' * len(row))),
            list(row.values()))

    def host(self, row):
        self.platforms[row['host']] = row.get('platform')
        groups = row.pop('groups', [])
        row = {'run': self.run, 'status': 'ok', 'place': self.place,
               'groups': ',%s,' % ','.join(groups) if groups else '',
               'data': json.dumps(row.pop('data', {})), **row}
        self.place += 1
        self.insert('_hosts', row)

    def job(self, row):
        self.insert('_jobs', {'run': self.run, 'collected_at': AT, **row})

    def ask(self, row):
        self.insert('_asks', {'run': self.run, **row})

    def make_table(self, table, values):
        names = [name for name, _ in values]
        own = [('_' if name in names else '') + name for name in OWN]
        columns = ['_run INTEGER'] + ['"%s" TEXT' % name for name in own] + [
            '"%s" %s' % pair for pair in values]
        self.db.execute('CREATE TABLE IF NOT EXISTS "%s"(%s)' % (table, ', '.join(columns)))
        there = [row[1] for row in self.db.execute('PRAGMA table_info("%s")' % table)]
        for name, kind in values:
            if name not in there:
                self.db.execute('ALTER TABLE "%s" ADD COLUMN "%s" %s' % (table, name, kind))
        return own

    def output(self, host, command, text):
        platform = self.platforms[host]
        template, table = READERS.get((platform, command), (None, None))
        row = {'host': host, 'command': command, 'status': 'ok', 'output': text}
        if template:
            with open(os.path.join(TEMPLATES, template), 'rb') as f:
                row['template_fingerprint'] = hashlib.sha256(f.read()).hexdigest()
            row['template'] = template
            own = self.make_table(table, values_of(template))
            records = parse(template, text)
            if records is None:
                row.update(status='parse-error', reason='%s: %s: refused' % (host, command))
            for record in records or []:
                cells = {name.lower(): json.dumps(value) if isinstance(value, list) else value
                         for name, value in record.items() if name.lower() not in own}
                self.insert(table, {'_run': self.run,
                                    **dict(zip(own, [host, platform, command, AT])), **cells})
        self.job(row)

    def add(self, title, text):
        word, _, rest = title.partition(' ')
        if word == 'output':
            host, command = rest.split(' ', 1)
            self.output(host, command, text)
        elif word == 'sql':
            self.db.executescript(text)
        elif title == 'next run':
            self.next_run()
        else:
            {'host': self.host, 'job': self.job, 'ask': self.ask}[word](json.loads(rest))

    def close(self):
        self.db.commit()
        self.db.close()


def read_case(path):
    """(head, [(title, text)]) of a case."""
    with open(path, encoding='utf-8', newline='') as f:
        head, *sections = re.split(r'^-- ', f.read(), flags=re.M)
    return head, [tuple(s.partition('\n')[::2]) for s in sections]


def set_up(sections, folder):
    """Makes the case's files and databases in folder."""
    database, bases = None, ['DB', 'OLD']
    for title, text in sections:
        word, _, rest = title.partition(' ')
        if word == 'file':
            with open(os.path.join(folder, rest), 'w', encoding='utf-8', newline='') as f:
                f.write(text)
        elif word == 'old':
            database.close()
            database = Database(os.path.join(folder, 'OLD'))
        elif word not in ('run', 'result'):
            database = database or Database(os.path.join(folder, 'DB'))
            database.add(title, text)
    if database:
        database.close()


def run(command, folder, timeout=50):
    """What the driver prints for a `-- run` line."""
    words = shlex.split(command)
    env = dict(os.environ, TODAY='2026-11-23', TEMPLATES=TEMPLATES)
    while '=' in words[0]:
        name, _, value = words.pop(0).partition('=')
        env[name] = value
    done = subprocess.run([DRIVER] + words, cwd=folder, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout)
    out = done.stdout.decode('utf-8', 'surrogateescape')
    return out if done.returncode in (0, 1) else out + 'exit status %d\n' % done.returncode
