#!/usr/bin/python3
"""language.txt: what it says of its cases. --bless writes down what the engine gives."""
import io
import json
import os
import re
import sys

from engine import BAD_TEMPLATE, STATE_ERROR, Driver, encode

try:
    import textfsm
except ImportError:
    textfsm = None

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'language.txt')


def read_cases():
    """The file's head, then per case its name and {section: text}."""
    with open(CASES, encoding='utf-8') as f:
        head, *cases = re.split(r'^== ', f.read(), flags=re.M)
    for case in cases:
        name, *sections = re.split(r'^-- ', case, flags=re.M)
        parts = [section.partition('\n') for section in sections]
        yield head, name.strip(), {title: text for title, _, text in parts}


def unescape(text):
    text = re.sub(r'\\(x..|u....|n|r)', lambda m: {'n': '\n', 'r': '\r'}.get(m[1]) or
                  chr(int(m[1][1:], 16)), text)
    return text


def ours(driver, template, text, chunk):
    """What came of it, as the file has it."""
    got = driver.template(template)
    error, rows = got.get('error'), []
    if not error:
        driver.feed(text, chunk)
        result = driver.ask('finish')
        error, rows = result['error'], result['rows']
    title = 'rows'
    if error:
        kind = {BAD_TEMPLATE: 'template', STATE_ERROR: 'state'}[error['code']]
        title = 'error %s %d:%d' % (kind, error['line'], error['column'])
    return title, ''.join(json.dumps(row, ensure_ascii=False) + '\n' for row in rows)


def python(template, text):
    """The same from the original; None for the place of an error that it does not name."""
    try:
        machine = textfsm.TextFSM(io.StringIO(template))
    except textfsm.TextFSMTemplateError as error:
        line = re.findall(r'Line:? (\d+)', str(error))
        return 'error template %s:' % (line[-1] if line else ''), ''
    try:
        rows, title = machine.ParseText(text), 'rows'
    except textfsm.TextFSMError as error:
        rows, title = machine._result, 'error state %s:' % re.findall(r'Line: (\d+)', str(error))[0]
    return title, ''.join(json.dumps(row, ensure_ascii=False) + '\n' for row in rows)


def agree(title, rows, his):
    return rows == his[1] and (title.startswith(his[0]) or
                               (his[0] == 'error template :' and title.startswith(his[0][:-1])))


def check(driver, name, case):
    template = case['template']
    text = unescape(case['input'])
    title, = [key for key in case if key.startswith(('rows', 'error'))]
    want = (title, case[title].strip('\n') + '\n' if case[title].strip('\n') else '')
    bad = []
    for chunk in [0] + list(range(1, len(encode(text)))):
        got = ours(driver, template, text, chunk)
        if got != want:
            bad.append('%s, chunks of %d: %s\n%s' % ((name, chunk) + got))
            break
    if textfsm and not name.endswith(', ours'):
        his = python(template, text)
        if not agree(*want, his):
            bad.append('%s: Python gives %s\n%s' % ((name,) + his))
    return bad


def bless(driver):
    out = []
    for head, name, case in read_cases():
        out = out or [head]
        title, rows = ours(driver, case['template'], unescape(case['input']), 0)
        out.append('== %s\n-- template\n%s-- input\n%s-- %s\n%s\n' % (
            name, case['template'], case['input'], title, rows))
    with open(CASES, 'w', encoding='utf-8') as f:
        f.write(''.join(out).rstrip('\n') + '\n')


def main():
    driver = Driver()
    if '--bless' in sys.argv:
        bless(driver)
    passed = failed = 0
    for _, name, case in read_cases():
        bad = check(driver, name, case)
        print(*bad, sep='\n', end='\n' if bad else '')
        failed += bool(bad)
        passed += not bad
    failed += driver.close() != 0
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
