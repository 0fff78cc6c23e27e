#!/usr/bin/python3
"""Outputs that cannot be written: the right exit status, one message, and the old file or a whole
new one, but never half of one."""
import os
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zipfile

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-output-rows"
FORMATS = ("csv", "json", "ndjson", "table")
OLD = b"old contents\n"


def run(*args, **options):
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([DRIVER, *args], stderr=subprocess.PIPE, timeout=60, **options)


def one_message(process, *words):
    lines = process.stderr.decode().splitlines()
    assert len(lines) == 1, lines
    for word in words:
        assert word in lines[0], (word, lines[0])


def old_file_stays(folder, path):
    with open(path, "rb") as f:
        assert f.read() == OLD
    assert os.listdir(folder) == [os.path.basename(path)], os.listdir(folder)


def with_old_file(folder, name="out"):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(OLD)
    return path


def full_device(folder):
    for name in FORMATS:
        for rows in ("1", "5000"):
            with open("/dev/full", "wb") as full:
                p = run("-f", name, "--rows", rows, stdout=full)
            assert p.returncode == 4, (name, p.returncode)
            one_message(p, "stdout", "No space left on device")
        p = run("-f", name, "-o", "/dev/full", "--rows", "1")
        assert p.returncode == 4
        one_message(p, "/dev/full", "No space left on device")


def closed_stdout(folder):
    p = subprocess.run(["sh", "-c", 'exec "$0" -f csv --rows 1 >&-', DRIVER],
                       stderr=subprocess.PIPE, timeout=60)
    assert p.returncode == 4, p
    one_message(p, "stdout", "Bad file descriptor")


def missing_folder(folder):
    p = run("-f", "csv", "-o", folder + "/none/x.csv", "--rows", "1")
    assert p.returncode == 4
    one_message(p, folder + "/none/x.csv", "No such file")


def file_size_limit(folder):
    path = with_old_file(folder)
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    for name in FORMATS:
        p = run("-f", name, "-o", path, "--rows", "30000", preexec_fn=limit)
        assert p.returncode == 4, (name, p)
        one_message(p, "File too large")
        old_file_stays(folder, path)


def small_disk(folder):
    if os.geteuid() != 0:
        return "needs root for a small tmpfs"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder],
                             stderr=subprocess.DEVNULL)
    if mounted.returncode:
        return "cannot mount a tmpfs"
    try:
        path = with_old_file(folder)
        for name in FORMATS:
            p = run("-f", name, "-o", path, "--rows", "1000")
            assert p.returncode == 4, (name, p)
            one_message(p, path, "No space left on device")
            old_file_stays(folder, path)
        os.unlink(path)
        p = run("-f", "csv", "-o", folder + "/d/", "--tables", "3", "--rows", "1000")
        assert p.returncode == 4
        assert os.listdir(folder + "/d") == []
    finally:
        subprocess.run(["umount", folder], check=True)


def full_temporary_folder(folder):
    """What waits on disk has no room: said so, with the folder's name."""
    p = run("-f", "table", "--rows", "60000", env={**os.environ, "TMPDIR": folder + "/none"})
    assert p.returncode == 4
    one_message(p, folder + "/none", "TMPDIR")


def reader_goes_away(folder):
    for name in FORMATS + ("text",):
        p = subprocess.Popen([DRIVER, "-f", name, "--rows", "50000"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        p.stdout.readline()
        p.stdout.close()
        said = p.stderr.read()
        assert p.wait(60) == 141, (name, p.returncode)
        assert said == b"", said


def failing_calls(folder):
    """Each call that puts a file in its place fails in turn."""
    if not shutil.which("strace"):
        return "strace is not installed"
    path = with_old_file(folder)
    for call in ("write", "fsync", "close", "rename", "openat"):
        p = subprocess.run(["strace", "-f", "-o", "/dev/null", "-P", path, "-e", f"trace={call}",
                            "true"], stderr=subprocess.DEVNULL)
        if p.returncode:
            return "strace does not work here"
        # Which one is about our file? The last, or the one before the folder's; count first.
        log = os.path.join(folder, "log")
        p = subprocess.run(["strace", "-o", log, "-e", f"trace={call}", DRIVER, "-f", "csv", "-o",
                            path, "--rows", "1"], stderr=subprocess.DEVNULL)
        if p.returncode:
            return "strace does not work with this build"
        with open(log) as f:
            lines = [line for line in f if line.startswith(call + "(")]
        os.unlink(log)
        which = len(lines) - (call in ("close", "openat", "fsync"))
        with open(path, "wb") as f:
            f.write(OLD)
        p = subprocess.run(["strace", "-o", "/dev/null", "-e",
                            f"inject={call}:error=EIO:when={which}", DRIVER, "-f", "csv", "-o",
                            path, "--rows", "1"], stderr=subprocess.PIPE, timeout=60)
        assert p.returncode == 4, (call, which, p)
        one_message(p, path, "Input/output error")
        old_file_stays(folder, path)


def killed(folder, number, left_over):
    """Killed at random moments: the old file or the whole new one."""
    path = with_old_file(folder, "out.csv")
    command = [DRIVER, "-o", path, "--rows", "20000"]
    start = time.monotonic()
    subprocess.run(command, check=True)
    took = time.monotonic() - start
    with open(path, "rb") as f:
        whole = f.read()
    rng = random.Random(number)
    seen = set()
    for _ in range(30):
        with open(path, "wb") as f:
            f.write(OLD)
        p = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(rng.random() * took * 1.2)
        p.send_signal(number)
        p.wait(60)
        with open(path, "rb") as f:
            now = f.read()
        assert now in (OLD, whole), len(now)
        seen.add(now == whole)
        others = [name for name in os.listdir(folder) if name != "out.csv"]
        assert left_over or not others, others
        for name in others:
            os.unlink(os.path.join(folder, name))
    if len(seen) != 2:
        print("  (all kills fell on one side of the rename)")


def killed_9(folder):
    killed(folder, signal.SIGKILL, True)


def terminated(folder):
    killed(folder, signal.SIGTERM, False)


def interrupted(folder):
    killed(folder, signal.SIGINT, False)


def more_rows_than_a_sheet(folder):
    """XLSX: the 1,048,576th row goes to a second sheet."""
    path = folder + "/x.xlsx"
    rows = 1048575 + 3
    data = b"".join(struct.pack("=I", 7) + b"%07d" % i for i in range(rows))
    p = run("-o", path, "--cells", "1", input=data)
    if b"without libxlsxwriter" in p.stderr:
        return "built without libxlsxwriter"
    assert p.returncode == 0, p
    with zipfile.ZipFile(path) as book:
        assert b'name="table_0 (2)"' in book.read("xl/workbook.xml")
        first = book.read("xl/worksheets/sheet1.xml")
        second = book.read("xl/worksheets/sheet2.xml")
    assert first.count(b"<row ") == 1048576 and b"<t>1048574</t>" in first
    assert second.count(b"<row ") == 4 and b"<t>1048575</t>" in second
    assert b'<autoFilter ref="A1:A1048576"/>' in first and b'ref="A1:A4"' in second


def xlsx_is_all_or_nothing(folder):
    path = with_old_file(folder)
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    p = run("-f", "xlsx", "-o", path, "--rows", "30000", preexec_fn=limit)
    if b"without libxlsxwriter" in p.stderr:
        return "built without libxlsxwriter"
    assert p.returncode == 4, p
    one_message(p, "XLSX", "TMPDIR")
    old_file_stays(folder, path)
    p = run("-f", "xlsx", "-o", path, "--rows", "3", env={**os.environ, "TMPDIR": folder + "/no"})
    assert p.returncode == 4, p
    one_message(p, folder + "/no")
    old_file_stays(folder, path)
    with open("/dev/full", "wb") as full:
        p = run("-f", "xlsx", "--rows", "1", stdout=full)
    assert p.returncode == 4, p
    one_message(p, "stdout")


def folder_of_files(folder):
    d = folder + "/d"
    p = run("-o", d + "/", "--tables", "3", "--rows", "10")
    assert p.returncode == 0, p
    names = sorted(os.listdir(d))
    assert names == ["_errors.csv", "table_0.csv", "table_1.csv", "table_2.csv"], names
    with open(d + "/_errors.csv") as f:
        assert f.read() == "host,platform,command,status,reason\n"
    with open(d + "/table_0.csv") as f:
        assert len(f.readlines()) == 5
    # An existing folder needs no slash; other formats keep their extension.
    p = run("-o", d, "-f", "json", "--rows", "1")
    assert p.returncode == 0 and "table_0.json" in os.listdir(d)
    p = run("-o", folder + "/x/y/", "--rows", "1")
    assert p.returncode == 4
    one_message(p, folder + "/x/y/")
    with open(folder + "/file", "wb"):
        pass
    p = run("-o", folder + "/file/", "--rows", "1")
    assert p.returncode == 4, p


def places_and_formats(folder):
    p = run("-o", folder + "/x.unknown", "--rows", "1")
    assert p.returncode == 2
    one_message(p, ".unknown", "-f")
    p = run("-o", folder + "/x.csv", "--tables", "2", "--rows", "1")
    assert p.returncode == 2
    one_message(p, "-o DIR/")
    assert os.listdir(folder) == []
    p = run("-o", "-", "-f", "csv", "--rows", "1")
    assert p.returncode == 0 and p.stdout.startswith(b"host,")
    p = run("-o", folder + "/plain", "--rows", "1")
    assert p.returncode == 0 and open(folder + "/plain").read().startswith("[\n{")
    p = run("-f", "nope", "--rows", "1")
    assert p.returncode == 2
    one_message(p, "nope", "ndjson")
    os.mkfifo(folder + "/fifo")
    p = subprocess.Popen([DRIVER, "-f", "csv", "-o", folder + "/fifo", "--rows", "1"])
    with open(folder + "/fifo") as f:
        assert f.read().startswith("host,")
    assert p.wait(10) == 0


def main():
    failed = 0
    for test in (full_device, closed_stdout, missing_folder, file_size_limit, small_disk,
                 full_temporary_folder, reader_goes_away, failing_calls, killed_9, terminated,
                 interrupted, more_rows_than_a_sheet, xlsx_is_all_or_nothing, folder_of_files, places_and_formats):
        folder = tempfile.mkdtemp()
        try:
            skipped = test(folder)
            print("skipped:" if skipped else "passed:", test.__name__, skipped or "")
        except AssertionError as e:
            failed += 1
            line = e.__traceback__.tb_next.tb_lineno
            print(f"FAILED: {test.__name__}, line {line}: {e}")
        finally:
            shutil.rmtree(folder)
    sys.exit(failed > 0)


main()
