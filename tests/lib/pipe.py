#!/usr/bin/python3
"""A ProxyCommand: carries standard input and output to host and port."""
import os
import select
import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while True:
    ready, _, _ = select.select([s, 0], [], [])
    for source, sink in ((s.fileno(), 1), (0, s.fileno())):
        if source in [r if isinstance(r, int) else r.fileno() for r in ready]:
            data = os.read(source, 65536)
            if not data:
                sys.exit()
            os.write(sink, data)
