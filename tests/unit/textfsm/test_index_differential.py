#!/usr/bin/python3
"""Indexes made up (made_up.py) with their templates and texts, ours against Python's clitable: the
row that is found, the columns, Keys and rows that come of its templates, or that there is an error.
Some are written by hand: what a seed does not meet.
TEXTFSM_SEED=N makes others, TEXTFSM_CASES=N more."""
import os
import random
import re
import signal
import sys
import tempfile
import warnings

import made_up
from engine import BAD_INDEX, BAD_TEMPLATE, NO_TEMPLATE, STATE_ERROR, Driver, encode, table_rows
from test_differential import CASES, SEED, TooSlow, give_up, in_time, reference

warnings.simplefilter('ignore')


def keyed(name, regex):
    """A template with a List as its Key, for lines that begin with its other Value's name."""
    return ('Value List,Key L (%s)\nValue %s (\\w+)\n\nStart\n  ^%s${%s} -> Continue\n'
            '  ^%s${L} -> Record\n' % (regex, name, name, name, name))


def lists(a, b):
    return {'a': keyed('A', a), 'b': keyed('B', b)}


BY_HAND = [  # (templates, text)
    (lists('(?P<n>\\w)(?P<m>\\d)?', '(?P<n>\\w)(?P<m>\\d)?'), 'Ax\nBx\nAy1\nBy1\n'),
    (lists('(?P<n>\\w)(?P<m>\\d)?', '(?P<m>\\w)(?P<n>\\d)?'), 'Ax\nBx\nAy1\nBy1\n'),
    (lists('(?P<n>\\w)(?P<m>\\d)?', '\\w\\d?'), 'Ax\nBx\nAy1\nBy1\n'),
    (lists('(?P<n>\\w+)?(x)?', '(?P<n>None)?\\w*'), 'ANone\nBNone\nAx\nBy\n'),
    (lists('\\w+', '\\w+'), 'Aab\nAcd\nBcd\nBab\nBcd\n'),
]


class ByHand:
    """A case of BY_HAND as if it were made up."""

    def __init__(self, templates, text):
        self.text, self.asked = 'Template, Command\na:b, x\n', {'Command': 'x'}
        self.templates, self.input = templates, text

    def lines(self):
        return self.input


def better_columns(texttable):
    """As ours: a column's name is looked for among the columns, not in the printed table."""
    def add(table, column, default='', col_index=-1):
        assert col_index == -1 and column not in table.header
        for i, row in enumerate(table._table):
            row[column] = default if i else column
    texttable.TextTable.AddColumn = add


class Theirs:
    def __init__(self, clitable, errors, folder, made, text):
        self.row, self.header, self.keys, self.rows, self.code = 0, None, None, None, None
        template_error, state_error = errors
        clitable.CliTable.INDEX.clear()
        try:
            table = clitable.CliTable('index', folder)
        except (re.error, LookupError, clitable.CliTableError, clitable.texttable.TableError,
                OverflowError):
            self.code = BAD_INDEX
            return
        self.row = table.index.GetRowMatch(made.asked)
        try:
            table.ParseCmd(text, made.asked)
        except clitable.CliTableError:
            self.code = NO_TEMPLATE
        except state_error:
            self.code = STATE_ERROR
        except (template_error, re.error, LookupError, TypeError, ValueError, OSError):
            self.code = BAD_TEMPLATE
        else:
            self.header, self.keys = list(table.header), list(table.superkey)
            self.rows = [list(row) for row in table]


def ours(driver, folder, made, text):
    opened = driver.ask('index %s/index' % folder)
    if 'error' in opened:
        return dict(opened, row=0)
    driver.attributes(made.asked)
    row = driver.ask('find')['row']
    return dict(driver.send('parse', text), row=row)


def complaint(theirs, got):
    error = got.get('error')
    if got['row'] != theirs.row:
        return 'row %r, Python: %r' % (got['row'], theirs.row)
    if error and 'lacks the Key' in error['text']:
        return None  # Python notices only when the Keys that its set has in front are equal
    if bool(error) != bool(theirs.code):
        return 'error %r, Python: %r' % (error, theirs.code)
    if theirs.code in (BAD_INDEX, NO_TEMPLATE) and error['code'] != theirs.code:
        return 'error %r, Python: %r' % (error, theirs.code)
    if error:
        return None
    got = [got['header'], got['keys'], table_rows(got['rows'])]
    want = [theirs.header, theirs.keys, theirs.rows]
    return None if got == want else '%r, Python: %r' % (got, want)


def write(folder, name, text):
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(encode(text))


def cases():
    for i, case in enumerate(BY_HAND):
        yield 'by hand %d' % i, ByHand(*case)
    for i in range(CASES // 4):
        seed = 'index %d.%d' % (SEED, i)
        yield seed, made_up.MadeIndex(random.Random(seed))


def main():
    try:
        _, *errors = reference()
        from textfsm import clitable
    except ImportError:
        print('skipped: needs python3-textfsm')
        return 77
    better_columns(clitable.texttable)
    signal.signal(signal.SIGALRM, give_up)
    driver, tally, failed = Driver('table'), {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed, made in cases():
            text = made.lines()
            write(folder, 'index', made.text)
            for name, template in made.templates.items():
                write(folder, name, getattr(template, 'text', template))
            try:
                theirs = in_time(Theirs, clitable, errors, folder, made, text)
            except TooSlow:
                continue
            kind = theirs.code or ('merged' if theirs.rows else 'no rows')
            tally[kind] = tally.get(kind, 0) + 1
            bad = complaint(theirs, ours(driver, folder, made, text))
            if bad:
                failed += 1
                if failed <= 5:
                    print('case %s: %s\n%r\n%s\n' % (seed, bad, made.asked, made.text))
    failed += driver.close() != 0
    print(tally, '%d failed' % failed)
    return failed > 0 or tally.get('merged', 0) < CASES // 100


if __name__ == '__main__':
    sys.exit(main())
