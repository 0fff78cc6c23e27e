"""The engine behind a pipe: see driver_engine.c and driver_table.c for the commands."""
import json
import os
import subprocess

TESTS = os.path.join(os.environ.get('BUILD_DIR', 'build'), 'tests')
BAD_TEMPLATE, STATE_ERROR, NO_TEMPLATE, LIMIT, IO, BAD_INDEX = -2, -3, -4, -5, -6, -8


def encode(text):
    return text.encode('utf-8', 'surrogateescape')


class Driver:
    def __init__(self, name='engine'):
        self.p = subprocess.Popen([os.path.join(TESTS, 'driver-textfsm-' + name)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, words, data=b''):
        self.p.stdin.write(words.encode() + b'\n' + data)
        self.p.stdin.flush()
        line = self.p.stdout.readline().decode('utf-8', 'surrogateescape')
        return json.loads(line, object_pairs_hook=Dict)

    def send(self, verb, text, *more):
        data = text if isinstance(text, bytes) else encode(text)
        return self.ask(' '.join([verb, str(len(data))] + [str(m) for m in more]), data)

    def template(self, text):
        return self.send('template', text)

    def feed(self, text, chunk=0):
        return self.send('feed', text, chunk)

    def attributes(self, attributes):
        return self.send('attributes', ''.join('%s=%s\x01' % kv for kv in attributes.items()))

    def close(self):
        """Its exit status: a sanitizer's findings and leaks are there."""
        self.p.stdin.close()
        return self.p.wait()


class Dict(dict):
    """A dictionary that is equal only with its keys in the same order."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.order = [k for k, _ in pairs]

    def __eq__(self, other):
        return dict.__eq__(self, other) and self.order == list(other)

    def __ne__(self, other):
        return not self == other


def as_clitable(cell):
    """What Python's clitable makes of a cell: text, and inside lists text too."""
    if not isinstance(cell, list):
        return cell
    return [repr(dict(item)) if isinstance(item, dict) else str(item) for item in cell]


def table_rows(rows):
    return [[as_clitable(cell) for cell in row] for row in rows]
