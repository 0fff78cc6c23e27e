"""Reports of the audits that tests/unit/audit/driver_report.c makes by hand."""
import os
import subprocess
import sys

DRIVER = os.environ["BUILD_DIR"] + "/tests/driver-audit-report"
CASES = ("all", "baseline", "clean", "no-hosts", "no-rules", "unknown")
VERDICTS = ("FAIL", "ERROR", "WAIVED", "PASS", "SKIP")
HOSTS, RULES = 6, 6


def report(case, *options):
    """The report's bytes; with -o nothing."""
    p = subprocess.run([DRIVER, case, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode or p.stderr:
        sys.exit(f"{case} {' '.join(options)}: status {p.returncode}: {p.stderr.decode()}")
    return p.stdout


def run_tests(*tests):
    for test in tests:
        test()
        print("passed:", test.__name__)
