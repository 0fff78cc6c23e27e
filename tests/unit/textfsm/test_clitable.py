#!/usr/bin/python3
"""The recorded micro-cases of index and merged tables (kind clitable)."""
import json
import os
import re
import sys
import tempfile

from engine import (BAD_INDEX, BAD_TEMPLATE, IO, NO_TEMPLATE, STATE_ERROR, Driver, encode,
                    table_rows)

CASES = os.path.join(os.environ.get('SHARED_DIR', ''), 'textfsm', 'microcases.jsonl')

# The original refuses these because it looks for a column's name in the printed table.
BETTER = {
    'cli-multi-substring-bug': (['K', 'A', 'B'], [['1', 'ABBA', 'z']]),
    'cli-multi-substring-bug-header': (['K', 'PORT_NAME', 'PORT'], [['1', 'q', 'z']]),
}

# What kind of error ours is where the original raises ...
CODES = {
    'CliTableError: No template': NO_TEMPLATE,
    'CliTableError: Index': BAD_INDEX,
    'TableError: Duplicate': BAD_INDEX,
    'error: missing': BAD_INDEX,
    'FileNotFoundError': IO,
    'IndexError': BAD_TEMPLATE,
    'TextFSMTemplateError': BAD_TEMPLATE,
    'TextFSMError': STATE_ERROR,
}


def write(folder, name, text):
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(encode(text))


def answer(driver, case, folder):
    write(folder, 'index', case['index'])
    for name, text in case['files'].items():
        write(folder, name, text)
    opened = driver.ask('index %s/index' % folder)
    if 'error' in opened:
        return opened
    driver.attributes(case['attributes'])
    row = driver.ask('find')['row']
    return dict(driver.send('parse', case['input']), row=row)


def sort_rows(case, rows):
    """clitable's sort(): by Key texts, or by all cells, as numbers where they are."""
    def number(cell):
        return float(cell) if re.fullmatch(r'\d+', cell) else cell
    keys = [case['header'].index(k) for k in case.get('superkey') or []]
    if keys:
        return sorted(rows, key=lambda row: [row[k] for k in keys])
    return sorted(rows, key=lambda row: [number(cell) for cell in row])


def check(case, got):
    if 'row' in got and got['row'] != (case.get('index_row') or 0):
        return False
    if case['id'] in BETTER:
        header, rows = BETTER[case['id']]
        return got.get('header') == header and got['rows'] == rows
    if 'error' in case:
        text = '%s: %s' % (case['error']['exception'], case['error']['message'])
        want = [code for start, code in CODES.items() if text.startswith(start)]
        return got['error'] and [got['error']['code']] == want
    rows = table_rows(got['rows'])
    if case.get('sort'):
        rows = sort_rows(case, rows)
    return (got['error'] is None and got['header'] == case['header'] and
            rows == case['records'] and got['keys'] == (case.get('superkey') or []))


def main():
    if not os.path.exists(CASES):
        print('skipped: the micro-cases are not here (SHARED_DIR)')
        return 77
    driver = Driver('table')
    passed = failed = 0
    with open(CASES, encoding='utf-8') as f:
        cases = [c for c in map(json.loads, f) if c['kind'] == 'clitable']
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            got = answer(driver, case, folder)
        if check(case, got):
            passed += 1
        else:
            failed += 1
            print('%s: %r, expected %r' % (case['id'], got, case.get('records', case.get('error'))))
    failed += driver.close() != 0
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
