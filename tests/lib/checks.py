"""What a script checks, one by one: what failed is told with what was seen, and the script goes on.

    check("the exit status", done.returncode == 1, done.stderr)
    sys.exit(failed())
"""
_failures = 0


def check(what, ok, *seen):
    global _failures
    if not ok:
        _failures += 1
        print("FAILED:", what, *seen, flush=True)


def failed():
    """The exit status: 1 when a check failed."""
    return 1 if _failures else 0
