#!/usr/bin/python3
"""Our engine against Python's TextFSM, and against PCRE2's own floor, in one run.

    engine.py [--size MB] [--repeat N] [--python-repeat N] [--only NAME,...] [--no-python]

The same templates on the same texts, the two alternating, CPU time, medians of N turns; a turn is
as many passes as take 100 ms (one of Python's does), so that what the other one has left in the
caches does not count for a pass of 10 ms. Inputs: the public corpus (when SHARED_DIR has it),
whole and without the files on which Python backtracks for seconds, and three large outputs made
here. Peak memory is that of a process of its own, of each engine, which reads the texts, parses
them once and keeps each text's rows until the next; the rows are compared cell by cell, as
checksums. At the end `collect parse` of one small file, from the start of the process to its end.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

import textfsm

SOURCE = os.environ.get('SOURCE_DIR', os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.environ.get('BUILD_DIR', os.path.join(SOURCE, 'build'))
DRIVER = os.path.join(BUILD, 'tests', 'bench-engine')
CORPUS = os.path.join(os.environ.get('SHARED_DIR', ''), 'textfsm', 'corpus')
SLOW = 0.5  # seconds: Python backtracks
TURN = 100  # milliseconds: what is over sooner is done again, within its turn


# ---- The large inputs -------------------------------------------------------------------------

def mac(rng):
    return '%04x.%04x.%04x' % tuple(rng.randrange(65536) for _ in range(3))


def ip(rng):
    return '10.%d.%d.%d' % tuple(rng.randrange(256) for _ in range(3))


INTERFACE = '''\
GigabitEthernet{slot}/0/{port} is {up}, line protocol is {up} ({state})
  Hardware is Gigabit Ethernet, address is {mac} (bia {mac})
  Description: uplink {n} to {ip}
  Internet address is {ip}/24
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX
  input flow-control is off, output flow-control is unsupported
  ARP type: ARPA, ARP Timeout 04:00:00
  Last input 00:00:{s:02d}, output 00:00:01, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/375/{a}/0 (size/max/drops/flushes); Total output drops: {b}
  Queueing strategy: fifo
  Output queue: 0/40 (size/max)
  5 minute input rate {c} bits/sec, {a} packets/sec
  5 minute output rate {d} bits/sec, {b} packets/sec
     {c} packets input, {d} bytes, 0 no buffer
     Received {a} broadcasts ({b} multicasts)
     0 runts, 0 giants, 0 throttles
     {s} input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 watchdog, {b} multicast, 0 pause input
     0 input packets with dribble condition detected
     {d} packets output, {c} bytes, 0 underruns
     0 output errors, 0 collisions, {s} interface resets
     {a} unknown protocol drops
     0 babbles, 0 late collision, 0 deferred
     0 lost carrier, 0 no carrier, 0 pause output
     0 output buffer failures, 0 output buffers swapped out
'''


def interfaces(rng, n):
    up = rng.choice(('up', 'down'))
    return INTERFACE.format(
        slot=n % 9, port=n, n=n, up=up, state='connected' if up == 'up' else 'notconnect',
        mac=mac(rng), ip=ip(rng), s=rng.randrange(60), a=rng.randrange(1000),
        b=rng.randrange(100000), c=rng.randrange(10**9), d=rng.randrange(10**12))


ROUTES_HEAD = '''\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
Gateway of last resort is 10.0.0.1 to network 0.0.0.0

'''


def routes(rng, n):
    net = '%d.%d.%d.0' % (11 + n % 200, n // 200 % 256, n // 51200 % 256)
    up = '%dw%dd' % (rng.randrange(50), rng.randrange(7))
    kind = n % 10
    if kind < 5:
        return 'O IA     %s/24 [110/%d] via %s, %s, GigabitEthernet0/%d\n' % (
            net, rng.randrange(1000), ip(rng), up, n % 48)
    if kind < 8:
        return 'B        %s/24 [20/%d] via %s, %s\n' % (net, rng.randrange(100), ip(rng), up)
    if kind == 8:
        return ('O E2     %s/24 [110/20] via %s, %s, Vlan%d\n'
                '                  [110/20] via %s, %s, Vlan%d\n' % (
                    net, ip(rng), up, n % 4000, ip(rng), up, n % 4000 + 1))
    return 'C        %s/24 is directly connected, Vlan%d\n' % (net, n % 4000)


MACS_HEAD = '''\
          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
'''


def macs(rng, n):
    return '%4d    %s    %-11s Gi%d/0/%d\n' % (
        n % 4094 + 1, mac(rng), 'STATIC' if n % 17 == 0 else 'DYNAMIC', n % 8 + 1, n % 48 + 1)


LARGE = {
    'show_interfaces': (interfaces, ''),
    'show_ip_route': (routes, ROUTES_HEAD),
    'show_mac_address_table': (macs, MACS_HEAD),
}


def generate(path, name, size):
    make, head = LARGE[name]
    rng = random.Random(1)
    with open(path, 'w', encoding='ascii') as f:
        written = f.write(head)
        n = 0
        while written < size:
            written += f.write(make(rng, n))
            n += 1


# ---- The two engines --------------------------------------------------------------------------

def write_list(jobs, folder):
    path = os.path.join(folder, 'list')
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines('%s\t%s\n' % job for job in jobs)
    return path


class Ours:
    def __init__(self, path):
        self.path = path
        self.p = subprocess.Popen([DRIVER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  text=True)

    def ask(self, word):
        self.p.stdin.write(word + '\n')
        self.p.stdin.flush()
        return self.p.stdout.readline().split()

    def turn(self, word):
        """What `word` answers, with the mean of as many passes as take TURN."""
        answer = self.ask(word)
        times = [float(answer[0])]
        while sum(times) < TURN:
            times.append(float(self.ask(word)[0]))
        return [statistics.mean(times), *answer[1:]]

    def close(self):
        self.p.stdin.close()
        self.p.wait()

    def once(self, how):
        """CPU milliseconds, rows and peak MB of a process that parses everything once."""
        out = subprocess.run([DRIVER, self.path, how], stdout=subprocess.PIPE, text=True,
                             check=True).stdout.split()
        return float(out[0]), int(out[1]), int(out[2]) / 1024


class Python:
    def __init__(self, jobs):
        self.machines, self.jobs = {}, []
        for template, text in jobs:
            if template not in self.machines:
                with open(template, encoding='utf-8') as f:
                    self.machines[template] = textfsm.TextFSM(f)
            with open(text, encoding='utf-8', errors='surrogateescape', newline='') as f:
                self.jobs.append((self.machines[template], f.read()))

    def parse(self, times=None):
        rows = 0
        start = time.process_time()
        for machine, text in self.jobs:
            before = time.process_time()
            machine.Reset()
            rows += len(machine.ParseText(text))
            if times is not None:
                times.append(time.process_time() - before)
        return (time.process_time() - start) * 1e3, rows

    def rows(self):
        """Rows, their checksum, and the process' peak in KiB before that was made."""
        crc = n = peak = 0
        for machine, text in self.jobs:
            machine.Reset()
            rows = machine.ParseText(text)
            peak = max(peak, peak_kib())
            for row in rows:
                crc = zlib.crc32(row_bytes(row), crc)
            n += len(rows)
        return [str(n), '%08x' % crc, str(peak)]


def peak_kib():
    with open('/proc/self/status', encoding='ascii') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmHWM:'))


def child(path):
    """What --child does: Python alone in a process, for its memory."""
    with open(path, encoding='utf-8') as f:
        print(*Python([line.rstrip('\n').split('\t') for line in f]).rows())


def cell_bytes(cell):
    if cell is None:
        return b'\x1d'
    if isinstance(cell, str):
        return cell.encode('utf-8', 'surrogateescape')
    items = cell.values() if isinstance(cell, dict) else cell
    return b''.join(cell_bytes(item) + b'\x1e' for item in items)


def row_bytes(row):
    return b''.join(cell_bytes(cell) + b'\x1f' for cell in row) + b'\n'


# ---- The report -------------------------------------------------------------------------------

def corpus_jobs():
    path = os.path.join(CORPUS, 'expected.jsonl')
    if not os.path.exists(path):
        print('no corpus here (SHARED_DIR): only the large inputs')
        return []
    with open(path, encoding='utf-8') as f:
        cases = [json.loads(line) for line in f]
    return [(os.path.join(CORPUS, 'templates', template), os.path.join(CORPUS, c['raw']))
            for c in cases for template in c['template'].split(':')]


def row(name, ms, size, peak, rows, more=''):
    print(('  %-9s%10.1f %8.1f %8.1f %9s   %s' % (
        name, ms, size / ms / 1e3, peak, rows, more)).rstrip())


def take_turns(ours, theirs, args):
    """CPU times and rows of both, and of the floor; the times of Python's last turn, by text."""
    mine, python, floor, times = [], [], [], []
    ours.ask('parse')  # warm: the JIT compiles what is used
    for i in range(args.repeat):
        mine.append(ours.turn('parse'))
        if theirs and i < args.python_repeat:
            times.clear()
            python.append(theirs.parse(times))
        floor.append(ours.turn('floor'))
    return mine, python, floor, times


def compare_rows(ours, path):
    """Whether rows and cells are equal; and Python's peak in MB."""
    theirs = subprocess.run([sys.executable, __file__, '--child', path], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.split()
    return ours.ask('rows') == theirs[:2], int(theirs[2]) / 1024


def measure(name, jobs, args, folder):
    ours = Ours(write_list(jobs, folder))
    theirs = None if args.no_python else Python(jobs)
    mine, python, floor, times = take_turns(ours, theirs, args)
    del theirs
    same, peak = compare_rows(ours, ours.path) if python else (True, 0)
    size = int(mine[0][2])
    ms = statistics.median(m[0] for m in mine)
    bottom = statistics.median(f[0] for f in floor)
    print('\n%s: %.1f MB, %d texts, %s' % (name, size / 1e6, len(jobs),
                                          'rows equal' if same else 'ROWS DIFFER'))
    print('             CPU ms     MB/s  peak MB      rows')
    row('ours', ms, size, ours.once('keep')[2], mine[0][1])
    streamed = ours.once('stream')
    row('streamed', streamed[0], size, streamed[2], streamed[1], 'once, from the file, cold')
    if python:
        his = statistics.median(p[0] for p in python)
        row('Python', his, size, peak, python[0][1], '%.0f times as long' % (his / ms))
    print('  floor    %10.1f   %s matches: we take %.2f times as long' % (
        bottom, floor[0][1], ms / bottom))
    if int(floor[0][2]):
        print('           (%s of them could not be replayed on bare PCRE2)' % floor[0][2])
    ours.close()
    return same, times


def one_shot(args):
    """`collect parse` of one small file, process start included."""
    words = [os.path.join(BUILD, 'collect'), 'parse', '--platform', 'cisco_ios', '-t',
             'show_version', '-f', 'csv', os.path.join(SOURCE, 'fixtures', 'cisco_ios',
                                                       'show_version', 'c2911.txt')]
    walls, cpus = [], []
    for _ in range(20 * args.repeat):
        start, before = time.perf_counter(), os.times()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        walls.append((time.perf_counter() - start) * 1e3)
        cpus.append((after.children_user + after.children_system - before.children_user -
                     before.children_system) * 1e3)
    print('\none small file by `collect parse`, start and end of the process included: '
          '%.1f ms, %.1f ms of CPU' % (statistics.median(walls), statistics.mean(cpus)))


def measure_corpus(args, folder):
    jobs = corpus_jobs()
    if not jobs:
        return True
    good, times = measure('corpus', jobs, args, folder)
    quick = [job for job, t in zip(jobs, times) if t < SLOW]
    if len(quick) < len(jobs) and times:
        good &= measure('corpus without %d files on which Python backtracks' %
                        (len(jobs) - len(quick)), quick, args, folder)[0]
    return good


def measure_large(name, args, folder):
    path = os.path.join(folder, name + '.txt')
    generate(path, name, args.size * 1e6)
    jobs = [(os.path.join(SOURCE, 'templates', 'cisco_ios', name + '.textfsm'), path)]
    good, _ = measure(name, jobs, args, folder)
    os.unlink(path)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--size', type=float, default=50, help='MB of each large input')
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--python-repeat', type=int, default=3, help='of these, for Python')
    parser.add_argument('--only', default='corpus,' + ','.join(LARGE) + ',one-shot')
    parser.add_argument('--no-python', action='store_true')
    parser.add_argument('--child', help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return child(args.child)
    names = args.only.split(',')
    good = True
    with tempfile.TemporaryDirectory() as folder:
        if 'corpus' in names:
            good &= measure_corpus(args, folder)
        for name in (n for n in names if n in LARGE):
            good &= measure_large(name, args, folder)
    if 'one-shot' in names:
        one_shot(args)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
