#!/usr/bin/python3
"""The recorded micro-cases of the language (kinds fsm and api), whole and in chunks."""
import json
import os
import re
import sys

from engine import BAD_TEMPLATE, STATE_ERROR, Driver, encode

SHARED = os.environ.get('SHARED_DIR', '')
CASES = os.path.join(SHARED, 'textfsm', 'microcases.jsonl')

# Cases where we differ on purpose: a UTF-8 byte order mark is skipped, not a broken first line.
BETTER = {'tpl-bom'}


def error_line(message):
    found = re.findall(r'Line:? (\d+)', message)
    return int(found[-1]) if found else 0


def check_error(case, error, kind):
    """The kind of error, and the same line where the original names one."""
    if error is None:
        return 'no error, expected %s' % case['message']
    want = {'template': BAD_TEMPLATE, 'state': STATE_ERROR}.get(kind)
    if want is not None and error['code'] != want:
        return 'code %d, expected %d: %s' % (error['code'], want, error['text'])
    line = error_line(case['message'])
    if line and error['line'] != line:
        return 'line %d, expected %d: %s' % (error['line'], line, error['text'])
    return None


def run_fsm(driver, case, chunk):
    got = driver.template(case['template'])
    if 'error' in got:
        if 'error' in case and 'records' not in case and case['error_kind'] != 'state':
            return check_error(case, got['error'], case['error_kind'])
        return 'template refused: %s' % got['error']['text']
    if 'header' in case and got['header'] != case['header']:
        return 'header %r' % got['header']
    driver.feed(case.get('input') or '', chunk)
    result = driver.ask('finish')
    if 'error' in case:
        return check_error(case, result['error'], case['error_kind'])
    if result['error']:
        return 'error: %s' % result['error']['text']
    if result['rows'] != case['records']:
        return 'rows %r, expected %r' % (result['rows'], case['records'])
    return None


def run_call(driver, case, call):
    if call == 'reset':
        driver.ask('reset')
        return None
    if call == 'str':
        return driver.ask('print')['text']
    if call == 'dicts':
        return [dict(zip(case['header'], row)) for row in driver.ask('break')['rows']]
    driver.feed(call['text'])
    result = driver.ask('finish' if call.get('eof', True) else 'break')
    if result['error']:
        driver.ask('break')
        return {'error': result['error'], 'partial': result['rows']}
    return result['rows']


def run_api(driver, case, chunk):
    got = driver.template(case['template'])
    if got.get('header') != case['header']:
        return 'header %r' % got
    for call, want in zip(case['calls'], case['results']):
        result = run_call(driver, case, call)
        if isinstance(want, dict) and 'error' in want:
            bad = check_error(want['error'], result['error'], want['error']['kind'])
            if bad or result['partial'] != want['partial']:
                return bad or 'rows %r' % result['partial']
        elif result != want:
            return '%r gave %r, expected %r' % (call, result, want)
    return None


def main():
    if not os.path.exists(CASES):
        print('skipped: the micro-cases are not here (SHARED_DIR)')
        return 77
    driver = Driver()
    run = {'fsm': run_fsm, 'api': run_api}
    passed = failed = 0
    with open(CASES, encoding='utf-8') as f:
        cases = [json.loads(line) for line in f]
    for case in cases:
        if case['kind'] not in run or case['id'] in BETTER:
            continue
        longest = len(encode(case.get('input') or ''))
        for chunk in [0] + (list(range(1, longest)) if case['kind'] == 'fsm' else []):
            bad = run[case['kind']](driver, case, chunk)
            if bad:
                print('%s (chunk %d): %s' % (case['id'], chunk, bad))
                failed += 1
                break
        else:
            passed += 1
    if driver.close():
        failed += 1
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
