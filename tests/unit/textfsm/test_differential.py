#!/usr/bin/python3
"""Templates and texts made up (made_up.py), ours against Python's textfsm: header, rows, kind of
error with its line, and the counts of matched and unmatched lines; in chunks, rows kept and rows
streamed. TEXTFSM_SEED=N makes others, TEXTFSM_CASES=N more."""
import io
import os
import random
import re
import signal
import sys
import warnings

import made_up
from engine import BAD_TEMPLATE, LIMIT, STATE_ERROR, Driver

warnings.simplefilter('ignore')
SEED = int(os.environ.get('TEXTFSM_SEED', '1'))
CASES = int(os.environ.get('TEXTFSM_CASES', '1600'))


class TooSlow(Exception):
    pass


def give_up(*_):
    raise TooSlow()


def reference():
    """Python's TextFSM as of 2.1, whatever is installed; with the lines that matched counted."""
    from textfsm import TextFSM, parser

    def parse(value, line):
        words = line.split(' ')
        if len(words) < 3:
            raise parser.TextFSMTemplateError('Expect at least 3 tokens on line.')
        options, value.name, value.regex = None, words[1], ' '.join(words[2:])
        if not words[2].startswith('('):
            options, value.name, value.regex = words[1], words[2], ' '.join(words[3:])
            for option in options.split(','):
                value._AddOption(option)
            for option in value.options:
                option.OnCreateOptions()
        if len(value.name) > value.max_name_len:
            raise parser.TextFSMTemplateError('name too long')
        if value.regex[0] != '(' or value.regex[-1] != ')' or value.regex[-2] == '\\':
            raise parser.TextFSMTemplateError('must be contained within a pair.')
        try:
            value.compiled_regex = re.compile(value.regex)
        except re.error as error:
            raise parser.TextFSMTemplateError(str(error)) from error
        value.template = re.sub(r'^\(', '(?P<%s>' % value.name, value.regex)

    class Counted(TextFSM):
        matched = unmatched = 0

        def _CheckLine(self, line):
            self.hit = False
            try:
                super()._CheckLine(line)
            finally:
                self.matched += bool(self.hit and line.strip())
            self.unmatched += bool(not self.hit and line.strip())

        def _CheckRule(self, rule, line):
            found = super()._CheckRule(rule, line)
            self.hit = self.hit or bool(found)
            return found

    parser.TextFSMValue.Parse = parse
    return Counted, parser.TextFSMTemplateError, parser.TextFSMError


def line_of(error):
    found = re.search(r'Line:? (\d+)\.?\Z', str(error))
    return int(found[1]) if found else 0


class Theirs:
    """What Python makes of it: error is None or (kind, line), kind None where it crashed."""

    def __init__(self, classes, template, text):
        machine, template_error, state_error = classes
        self.error, self.rows, self.header, self.counts = None, [], None, None
        try:
            fsm = machine(io.StringIO(template, newline=None))
        except template_error as error:
            self.error = BAD_TEMPLATE, line_of(error)
            return
        except (ArithmeticError, LookupError, TypeError, ValueError, re.error, AttributeError):
            self.error = BAD_TEMPLATE, 0
            return
        self.header = fsm.header
        try:
            fsm.ParseText(text)
        except state_error as error:
            self.error = STATE_ERROR, int(re.search(r'Rule Line: (\d+)', str(error))[1])
        except TypeError:
            self.error = STATE_ERROR, 0
        self.rows, self.counts = fsm._result, [fsm.matched, fsm.unmatched]


def in_time(function, *args):
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        return function(*args)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def goes_on(classes, driver, made, calls):
    """Several texts through one machine, with and without a reset and an end between them."""
    machine = classes[0](io.StringIO(made.text, newline=None))
    driver.send('template', made.text)
    for text, eof, reset in calls:
        if reset:
            machine.Reset()
            driver.ask('reset')
        try:
            rows = in_time(machine.ParseText, text, eof)
        except (TypeError, TooSlow, classes[2]):
            return None
        driver.feed(text, 5)
        got = driver.ask('finish' if eof else 'break')
        if got['error'] or got['rows'] != rows:
            return 'calls %r: %r, Python: %r' % (calls, got, rows)
    return None


def complaint(driver, theirs, made, text, chunk, stream):
    got = driver.send('template', made.text, 'stream' if stream else '')
    error = got.get('error')
    if theirs.header is None:
        if not error:
            return 'accepted, Python: %r' % (theirs.error,)
    elif error:
        return 'refused: ' + error['text']
    elif got['header'] != theirs.header:
        return 'header %r' % got['header']
    else:
        driver.feed(text, chunk)
        got = driver.ask('finish')
        error = got['error']
        if error and error['code'] == LIMIT:
            return 'limit'
        if got['rows'] != theirs.rows:
            return 'rows %r, Python: %r' % (got['rows'], theirs.rows)
    if bool(error) != bool(theirs.error):
        return 'error %r, Python: %r' % (error, theirs.error)
    if error and (error['code'], error['line'] if theirs.error[1] else 0) != theirs.error:
        return 'error %r, Python: %r' % (error, theirs.error)
    if theirs.counts and not error:
        stats = driver.ask('stats')
        if [stats['matched'], stats['unmatched']] != theirs.counts:
            return 'counts %r, Python: %r' % (stats, theirs.counts)
    return None


class Comparison:
    def __init__(self):
        self.classes = reference()
        self.driver = Driver()
        self.tally = {}
        self.failed = 0

    def count(self, kind):
        self.tally[kind] = self.tally.get(kind, 0) + 1

    def case(self, seed):
        rng = random.Random(seed)
        made = made_up.Made(rng, rng.choice([0, 0, 8, 30]))
        text = made.lines()
        try:
            theirs = in_time(Theirs, self.classes, made.text, text)
        except TooSlow:
            self.count('too slow')
            return
        self.count({BAD_TEMPLATE: 'bad templates', STATE_ERROR: 'state errors', None: 'parses'}[
            theirs.error and theirs.error[0]])
        self.count('rows' if theirs.rows else 'no rows')
        for chunk, stream in ((0, False), (rng.randrange(1, 9), True)):
            bad = complaint(self.driver, theirs, made, text, chunk, stream)
            if bad == 'limit':  # steps: Python may take its time on a long line
                self.count('limits')
                return
            if bad:
                self.fail('%s, chunks of %d, stream %s' % (seed, chunk, stream), bad, made, text)
                return
        if theirs.rows and not theirs.error and rng.randrange(2):
            calls = [(made.lines(), rng.randrange(3) > 0, rng.randrange(3) == 0)
                     for _ in range(3)]
            bad = goes_on(self.classes, self.driver, made, calls)
            if bad:
                self.fail(seed, bad, made, text)
            self.count('gone on')

    def fail(self, name, why, made, text):
        self.failed += 1
        if self.failed <= 10:
            print('case %s: %s\n%r\n%s\n' % (name, why, text, made.text))

    def report(self):
        self.failed += self.driver.close() != 0
        print(self.tally, '%d failed' % self.failed)
        enough = min(self.tally.get(kind, 0) for kind in ('bad templates', 'state errors', 'rows'))
        limits = self.tally.get('limits', 0)
        return self.failed > 0 or enough < CASES // 100 or limits > 2 + CASES // 1000


def main():
    try:
        comparison = Comparison()
    except ImportError:
        print('skipped: needs python3-textfsm')
        return 77
    signal.signal(signal.SIGALRM, give_up)
    for i in range(CASES):
        comparison.case('%d.%d' % (SEED, i))
    return comparison.report()


if __name__ == '__main__':
    sys.exit(main())
