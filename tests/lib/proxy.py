#!/usr/bin/python3
"""A proxy with faults between an SSH client and a device: it knows no SSH, only bytes and their
offsets in one direction of a connection.

    faults = [Fault(cut=n) for n in range(9000)]
    with Proxy(("127.1.0.1", 2222), faults) as proxy:
        proxy.addresses[i]              # (address, port) that has faults[i]
        proxy.counts[i]                 # bytes passed on there: {"down": ..., "up": ...}

By hand: proxy.py 127.1.0.1:2222 --cut 1000   (prints where it listens, until Ctrl-C)

"down" is from the device to the client. Every fault gets an address of its own in 127.0.0.0/8, so
that one run of collect can meet thousands of them.
"""
import argparse
import asyncio
import dataclasses
import os
import resource
import socket
import threading
import time

PIECE = 65536


@dataclasses.dataclass
class Fault:
    """What happens at an offset (bytes from the start of the connection) of one direction."""
    direction: str = "down"
    cut: int = None      # the connection ends after so many bytes: both ways, with a FIN
    reset: int = None    # the same with a RST
    stall: int = None    # nothing more comes after so many bytes, and nothing ends
    flip: int = None     # the byte at this offset has a bit inverted
    bit: int = 0
    trickle: int = None  # so many bytes a second
    delay: float = 0     # seconds that each piece is late


class Side:
    """One direction of one connection."""

    def __init__(self, fault, name, counts, reader, writer):
        self.fault = fault if fault.direction == name else Fault(direction=name)
        self.name, self.counts = name, counts
        self.reader, self.writer = reader, writer
        self.done = 0

    def limit(self):
        ends = [n for n in (self.fault.cut, self.fault.reset, self.fault.stall) if n is not None]
        return min(ends) - self.done if ends else PIECE

    async def send(self, data):
        flip = self.fault.flip
        if flip is not None and self.done <= flip < self.done + len(data):
            data = bytearray(data)
            data[flip - self.done] ^= 1 << self.fault.bit
        if self.fault.delay:
            await asyncio.sleep(self.fault.delay)
        step = max(1, self.fault.trickle // 50) if self.fault.trickle else len(data)
        for at in range(0, len(data), step):
            self.writer.write(data[at:at + step])
            await self.writer.drain()
            self.done += len(data[at:at + step])
            self.counts[self.name] += len(data[at:at + step])
            if self.fault.trickle:
                await asyncio.sleep(step / self.fault.trickle)

    async def carry(self):
        """Until the end, or the fault: "cut", "reset", "stall" or None."""
        while self.limit() > 0:
            data = await self.reader.read(min(PIECE, self.limit()))
            if not data:
                return None
            await self.send(data)
        return "stall" if self.fault.stall is not None else \
            "reset" if self.fault.reset is not None else "cut"


class Proxy:
    _nets = iter(range(1, 1000))

    def __init__(self, target, faults, address=None, port=2222):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < len(faults) + 512:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.target = target
        self.faults = faults
        # A /16 that depends on the process, far from those that labs take.
        net = 128 + (os.getpid() + next(Proxy._nets)) % 100
        self.addresses = [address or ("127.%d.%d.%d" % (net, (i + 1) >> 8 & 255, (i + 1) & 255),
                                      port) for i in range(len(faults))]
        self.counts = [{"down": 0, "up": 0} for _ in faults]
        self.loop = asyncio.new_event_loop()
        self.servers = []

    async def _serve(self, index, reader, writer):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            device_reader, device_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        fault, counts = self.faults[index], self.counts[index]
        sides = [Side(fault, "down", counts, device_reader, writer),
                 Side(fault, "up", counts, reader, device_writer)]
        tasks = [asyncio.ensure_future(side.carry()) for side in sides]
        try:
            await self._until_over(tasks, sock)
        except (OSError, asyncio.CancelledError):
            pass
        for task in tasks:
            task.cancel()
        for end in (writer, device_writer):
            end.close()

    @staticmethod
    async def _until_over(tasks, sock):
        """The end of a direction ends the connection, but a stalled one goes on in silence until
        the other direction ends."""
        pending = set(tasks)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                how = task.result()
                if how == "reset":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    b"\1\0\0\0\0\0\0\0")
                if how != "stall":
                    return

    async def _listen(self):
        for index, (address, port) in enumerate(self.addresses):
            def serve(reader, writer, index=index):
                return self._serve(index, reader, writer)
            self.servers.append(await asyncio.start_server(serve, address, port, backlog=16,
                                                           limit=PIECE))

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def __enter__(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(60)
        return self

    async def _stop(self):
        for server in self.servers:
            server.close()
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self.loop).result(60)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target", help="ADDRESS:PORT of the device")
    parser.add_argument("--listen", default="127.0.0.1:2022", metavar="ADDRESS:PORT")
    parser.add_argument("--direction", choices=["down", "up"], default="down")
    for name in ("cut", "reset", "stall", "flip", "bit", "trickle"):
        parser.add_argument("--" + name, type=int, default=0 if name == "bit" else None)
    parser.add_argument("--delay", type=float, default=0)
    given = vars(parser.parse_args())

    def split(text):
        address, _, port = text.rpartition(":")
        return address.strip("[]"), int(port)
    target, listen = split(given.pop("target")), split(given.pop("listen"))
    with Proxy(target, [Fault(**given)], address=listen) as proxy:
        print("listening at %s port %d" % proxy.addresses[0], flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
