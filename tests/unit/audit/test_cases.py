#!/usr/bin/python3
"""cases/*.txt (auditcase.py says what they are): rules over saved runs, and what comes out.
--bless writes down what the driver prints; a name runs that case alone."""
import os
import sys
import tempfile

import auditcase

CASES = os.path.join(auditcase.HERE, 'cases')


def check(name, bless):
    path = os.path.join(CASES, name)
    head, sections = auditcase.read_case(path)
    written, failed, result = [head], False, None
    with tempfile.TemporaryDirectory() as folder:
        auditcase.set_up(sections, folder)
        for title, text in sections:
            word, _, rest = title.partition(' ')
            if word == 'result':
                failed = failed or text != result
                if text != result and not bless:
                    print('%s: got\n%s\nwant\n%s' % (name, result, text))
                text = result
            elif word == 'run':
                result = auditcase.run(rest, folder)
            written.append('-- %s\n%s' % (title, text))
        if result is None:
            print('%s: it runs nothing' % name)
            failed = True
    if bless and failed:
        with open(path, 'w', encoding='utf-8', newline='') as f:
            f.write(''.join(written))
    return failed and not bless


def main():
    words = [word for word in sys.argv[1:] if word != '--bless']
    names = words or sorted(os.listdir(CASES))
    bad = sum(check(name, '--bless' in sys.argv) for name in names)
    print('%d passed, %d failed' % (len(names) - bad, bad))
    return 1 if bad or not names else 0


if __name__ == '__main__':
    sys.exit(main())
