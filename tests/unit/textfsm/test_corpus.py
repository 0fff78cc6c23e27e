#!/usr/bin/python3
"""Public templates on recorded device outputs: found through their index, equal row by row."""
import json
import os
import sys

from engine import Driver, table_rows

CORPUS = os.path.join(os.environ.get('SHARED_DIR', ''), 'textfsm', 'corpus')


def main():
    if not os.path.isdir(CORPUS):
        print('skipped: the corpus is not here (SHARED_DIR)')
        return 77
    driver = Driver('table')
    for warning in driver.ask('index %s/templates/index' % CORPUS)['warnings']:
        print(warning)
    passed = failed = 0
    with open(os.path.join(CORPUS, 'expected.jsonl'), encoding='utf-8') as f:
        cases = [json.loads(line) for line in f]
    for case in cases:
        with open(os.path.join(CORPUS, case['raw']), 'rb') as f:
            text = f.read()
        driver.attributes({'Platform': case['platform'], 'Command': case['command']})
        got = driver.send('parse', text)
        if (got['error'] is None and got['header'] == case['header'] and
                table_rows(got['rows']) == case['records']):
            passed += 1
            continue
        failed += 1
        print('%s: %r' % (case['raw'], got['error'] and got['error']['text']))
    failed += driver.close() != 0
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
