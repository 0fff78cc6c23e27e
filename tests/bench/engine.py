#!/usr/bin/python3
"""Our engine against Python's TextFSM, and against PCRE2's own floor, in one run.

    engine.py [--size MB] [--repeat N] [--only NAME,...] [--no-python]

The same templates on the same texts, the two alternating, CPU time, medians of N. Inputs: the
public corpus (when SHARED_DIR has it), whole and without the files on which Python backtracks for
seconds, and three large outputs made here. Python parses the large ones once.
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

class Ours:
    def __init__(self, jobs, folder):
        self.list = os.path.join(folder, 'list')
        with open(self.list, 'w', encoding='utf-8') as f:
            f.writelines('%s\t%s\n' % job for job in jobs)
        self.p = subprocess.Popen([DRIVER, self.list], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)

    def ask(self, word):
        self.p.stdin.write(word + '\n')
        self.p.stdin.flush()
        return self.p.stdout.readline().split()

    def close(self):
        self.p.stdin.close()
        self.p.wait()

    def stream(self):
        out = subprocess.run([DRIVER, self.list, 'stream'], stdout=subprocess.PIPE, text=True,
                             check=True).stdout.split()
        return float(out[0]), int(out[1]), int(out[2])


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
        crc = n = 0
        for machine, text in self.jobs:
            machine.Reset()
            for row in machine.ParseText(text):
                crc = zlib.crc32(row_bytes(row), crc)
                n += 1
        return [str(n), '%08x' % crc]


def cell_bytes(cell):
    if cell is None:
        return b''
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
    return [(os.path.join(CORPUS, 'templates', c['template']), os.path.join(CORPUS, c['raw']))
            for c in cases if ':' not in c['template']]


def measure(name, jobs, args, python_repeat, folder):
    ours = Ours(jobs, folder)
    ask = ours.ask
    theirs = None if args.no_python else Python(jobs)
    ask('parse')  # warm: the JIT compiles what is used
    mine, python, floor, times = [], [], [], []
    for i in range(args.repeat):
        mine.append(ask('parse'))
        if theirs and i < python_repeat:
            times.clear()
            python.append(theirs.parse(times))
        floor.append(ask('floor'))
    ms = statistics.median(float(m[0]) for m in mine)
    bottom = statistics.median(float(f[0]) for f in floor)
    same = theirs is None or ask('rows') == theirs.rows()
    size = int(mine[0][2])
    print('\n%s: %.1f MB, %d texts, %s rows%s' % (name, size / 1e6, len(jobs), mine[0][1],
                                                '' if same else '  ROWS DIFFER'))
    print('  ours    %10.1f ms  %7.1f MB/s' % (ms, size / ms / 1e3))
    if python:
        his = statistics.median(p[0] for p in python)
        print('  Python  %10.1f ms  %7.1f MB/s   %.0f times as long' % (his, size / his / 1e3,
                                                                        his / ms))
    print('  floor   %10.1f ms  %s matches   we take %.2f times that' % (
        bottom, floor[0][1], ms / bottom))
    if int(floor[0][2]):
        print('          (%s of them could not be replayed on bare PCRE2)' % floor[0][2])
    ours.close()
    return same, times


def stream(jobs, folder):
    ms, _, kib = Ours(jobs, folder).stream()
    size = sum(os.path.getsize(text) for _, text in jobs)
    print('  streamed from the file in 64 KiB pieces: %.1f ms, %.1f MB/s, peak memory %.1f MB' % (
        ms, size / ms / 1e3, kib / 1024))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--size', type=float, default=50, help='MB of each large input')
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--only', default='corpus,' + ','.join(LARGE))
    parser.add_argument('--no-python', action='store_true')
    args = parser.parse_args()
    names = args.only.split(',')
    good = True
    with tempfile.TemporaryDirectory() as folder:
        jobs = corpus_jobs() if 'corpus' in names else []
        if jobs:
            same, times = measure('corpus', jobs, args, args.repeat, folder)
            good = good and same
            quick = [job for job, t in zip(jobs, times) if t < SLOW]
            if len(quick) < len(jobs) and times:
                same, _ = measure('corpus without %d files on which Python backtracks' %
                                  (len(jobs) - len(quick)), quick, args, args.repeat, folder)
                good = good and same
        for name in (n for n in names if n in LARGE):
            path = os.path.join(folder, name + '.txt')
            generate(path, name, args.size * 1e6)
            jobs = [(os.path.join(SOURCE, 'templates', 'cisco_ios', name + '.textfsm'), path)]
            same, _ = measure(name, jobs, args, 1, folder)
            good = good and same
            stream(jobs, folder)
            os.unlink(path)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
