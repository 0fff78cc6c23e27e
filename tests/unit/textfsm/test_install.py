#!/usr/bin/python3
"""libtextfsm as other programs get it: installed, found through pkg-config, with the man page's
program compiled and run against it; what it exports, and that header, map and page agree."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ['SOURCE_DIR']
BUILD = os.environ['BUILD_DIR']
TEMPLATE = 'Value NAME (\\S+)\nValue List PORT (\\d+)\n\nStart\n  ^${NAME}: ${PORT} -> Record\n'


def run(*words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding='utf-8') as f:
        return f.read()


def sanitized():
    with open(os.path.join(BUILD, 'CMakeCache.txt'), encoding='utf-8') as f:
        return re.search(r'^COLLECT_SANITIZER:\w+=\S', f.read(), re.M)


def example():
    """The program of the man page, as man would print it."""
    text = re.search(r'^\.Bd -literal\n(.*?)^\.Ed', read('src/textfsm/textfsm.3'), re.M | re.S)
    return text.group(1).replace('\\e', '\\')


class Installed:
    def __init__(self, root):
        self.root = root
        run('cmake', '--install', BUILD, '--component', 'textfsm',
            env=dict(os.environ, DESTDIR=root))
        for folder, _, files in os.walk(root):
            if 'textfsm.pc' in files:
                pkgconfig = folder
        self.lib = os.path.dirname(pkgconfig)
        self.env = dict(os.environ, PKG_CONFIG_LIBDIR=pkgconfig + ':' + run(
            'pkg-config', '--variable', 'pc_path', 'pkg-config').strip(),
                        PKG_CONFIG_SYSROOT_DIR=root, LD_LIBRARY_PATH=self.lib)

    def flags(self, *options):
        return run('pkg-config', *options, 'textfsm', env=self.env).split()


def compile_and_run(installed, program, libs):
    out = program[:-2]
    run(os.environ.get('CC', 'cc'), '-Wall', '-Wextra', '-Werror', '-o', out, program,
        *installed.flags('--cflags'), *libs)
    template = out + '.textfsm'
    with open(template, 'w', encoding='utf-8') as f:
        f.write(TEMPLATE)
    rows = run(out, template, input='a: 1\nb: 2\n', env=installed.env)
    assert rows == 'a\t1;\nb\t2;\n', rows
    bad = subprocess.run([out, '/nowhere'], stderr=subprocess.PIPE, text=True, env=installed.env,
                         stdin=subprocess.DEVNULL, check=False)
    assert bad.returncode == 1 and bad.stderr.startswith('/nowhere: cannot read'), bad


def check_programs(installed):
    program = os.path.join(installed.root, 'parse.c')
    with open(program, 'w', encoding='utf-8') as f:
        f.write(example())
    compile_and_run(installed, program, installed.flags('--libs'))
    static = installed.flags('--static', '--libs')
    static = [installed.lib + '/libtextfsm.a' if word == '-ltextfsm' else word for word in static]
    # PCRE2's own flags come with the sysroot's prefix: they are in the usual places.
    compile_and_run(installed, program, [word for word in static if not word.startswith('-L')])
    if shutil.which('c++'):
        unit = os.path.join(installed.root, 'unit.cc')
        with open(unit, 'w', encoding='utf-8') as f:
            f.write('#include <textfsm.h>\nvoid *p = (void *)textfsm_run_feed;\n')
        run('c++', '-Wall', '-Wextra', '-Werror', '-c', '-o', unit + '.o', unit,
            *installed.flags('--cflags'))


def declared():
    return set(re.findall(r'\b(textfsm_\w+)\(', re.sub(r'/\*.*?\*/', '', read('include/textfsm.h'),
                                                      flags=re.S)))


def check_exports(installed):
    names = set()
    for line in run('nm', '-D', '--defined-only', installed.lib + '/libtextfsm.so').splitlines():
        kind, name = line.split()[-2:]
        if kind != 'A':
            assert '@@TEXTFSM_' in name, name
            names.add(name.split('@')[0])
    assert names == declared(), names ^ declared()
    static = run('nm', '-g', '--defined-only', installed.lib + '/libtextfsm.a')
    shown = {line.split()[-1] for line in static.splitlines() if len(line.split()) == 3}
    assert shown == declared(), shown ^ declared()


def check_page():
    page = read('src/textfsm/textfsm.3')
    missing = {name for name in declared() if '.Fn %s "' % name not in page}
    assert not missing, missing
    threads = re.search(r'^\.Ss Threads\n(.*?)^\.Sh', page, re.M | re.S).group(1)
    stated = re.findall(r'^\.Fn (\w+) [,.]$', threads, re.M)
    assert sorted(stated) == sorted(declared()), set(stated) ^ declared()
    if shutil.which('mandoc'):
        run('mandoc', '-T', 'lint', '-W', 'warning', os.path.join(SOURCE, 'src/textfsm/textfsm.3'))


def main():
    check_page()
    if sanitized():
        print('skipped: a sanitized library needs a sanitized program')
        return 77
    with tempfile.TemporaryDirectory() as root:
        installed = Installed(root)
        check_exports(installed)
        check_programs(installed)
    print('the installed library works')
    return 0


if __name__ == '__main__':
    sys.exit(main())
