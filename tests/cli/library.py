#!/usr/bin/python3
"""The template library against its fixtures, through Python's clitable and through collect.

fixtures/PLATFORM/NAME/*.txt is output of the command that templates/PLATFORM/NAME.textfsm
parses; the .json beside it holds the records it must give (lower-case columns, lists as arrays).
--bless [WORD...] rewrites the .json of fixtures whose path has one of the words (or of all):
read what it wrote before committing it.
"""
import glob
import json
import os
import re
import subprocess
import sys

try:
    from textfsm import clitable
except ImportError:
    print("skipped: needs python3-textfsm (apt-get install python3-textfsm)")
    sys.exit(77)

SOURCE = os.environ.get("SOURCE_DIR") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEMPLATES = os.path.join(SOURCE, "templates")
FIXTURES = os.path.join(SOURCE, "fixtures")
BASE_COLUMNS = ("host", "platform", "command", "collected_at")
REFUSALS = (
    "            ^\n% Invalid input detected at '^' marker.\n",
    "% Incomplete command.\n",
    "% Ambiguous command:  \"show v\"\n",
    "                 ^\nsyntax error, expecting <command>.\n",
    "Error: Unrecognized command found at '^' position.\n",
    "Invalid input: versoin\n",
    "Unknown action 0\nCommand fail. Return code -1\n",
    "bad command name foo (line 1 column 1)\n",
    "-bash: lsblkk: command not found\n",
)
failures = []


def fail(text):
    failures.append(text)
    print("FAIL " + text)


def index_rows():
    """(templates, platform, command) of each row of templates/index; a list, as rows may merge."""
    with open(os.path.join(TEMPLATES, "index"), encoding="utf-8") as lines:
        rows = [line for line in lines if line.strip() and not line.startswith("#")]
    cells = [[cell.strip() for cell in row.split(",")] for row in rows[1:]]
    for cell in cells:
        if len(cell) != 4:
            fail("templates/index: %d cells in row %s" % (len(cell), ", ".join(cell)))
    return [(c[0].split(":"), c[2], c[3]) for c in cells if len(c) == 4]


def spelled(command):
    """A Command cell with its [[...]] written out, or None when it is not literal text."""
    text = re.sub(r"\[\[(.*?)\]\]", r"\1", command)
    text = text[:-1] if text.endswith("$") else text
    return None if re.search(r"[][\\^$*+?{}()|]", text) else text


def command_of(template, rows):
    """The command to ask the index for, as the run does it."""
    for names, _, command in rows:
        if names[0] == template and spelled(command):
            return spelled(command)
    return os.path.basename(template)[:-len(".textfsm")].replace("_", " ")


def parse(platform, command, text):
    """The records of clitable, as collect writes them."""
    table = clitable.CliTable("index", TEMPLATES)
    table.ParseCmd(text, {"Platform": platform, "Command": command})
    header = [name.lower() for name in table.header]
    return [dict(zip(header, list(row))) for row in table]


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def check_states(template):
    """Each state accounts for every line: it ends in an error, or in a skip that a comment names."""
    lines = read(os.path.join(TEMPLATES, template)).split("\n")
    state, named, last = None, False, None
    for i, line in enumerate(lines + [""]):
        if re.match(r"\w+$", line) and i:
            state, named, last = line, lines[i - 1].startswith("#"), None
        elif state and line.startswith("  ^"):
            last = line.strip()
        elif state and not line.strip():
            if last != "^. -> Error" and not (last == "^." and named) and state not in ("EOF", "End"):
                fail("%s: state %s ends in '%s'" % (template, state, last))
            state = None


def check_columns(template, known):
    for line in read(os.path.join(TEMPLATES, template)).split("\n"):
        value = re.match(r"Value (?:[A-Z][A-Za-z,]+ )?([A-Z][A-Z0-9_]*) \(", line)
        if line.startswith("Value") and not value:
            fail("%s: a value that is not in capitals: %s" % (template, line))
        elif value and value.group(1).lower() not in known:
            fail("%s: column %s is not in templates/README.md" % (template, value.group(1).lower()))


def check_refusals(template, platform, command):
    for text in REFUSALS:
        try:
            rows = parse(platform, command, text)
        except Exception:  # an error is as good as no row
            rows = []
        if rows:
            fail("%s: a row out of %r: %r" % (template, text, rows))


def check_fixture(path, platform, command, bless):
    name = os.path.relpath(path, FIXTURES)
    golden = path[:-len(".txt")] + ".json"
    try:
        rows = parse(platform, command, read(path))
    except Exception as error:
        return fail("%s: %s" % (name, error))
    if not rows:
        return fail("%s: no rows" % name)
    for row in rows:
        for column, value in row.items():
            if isinstance(value, list) and "None" in value:
                fail("%s: an unset item in the list %s" % (name, column))
    if bless:
        body = ",\n".join(" " + json.dumps(row, ensure_ascii=False) for row in rows)
        with open(golden, "w", encoding="utf-8") as file:
            file.write("[\n" + body + "\n]\n")
    elif not os.path.exists(golden):
        return fail("%s: no expected records (look at those of --bless)" % name)
    wanted = json.loads(read(golden))
    if rows != wanted:
        fail("%s: clitable's rows differ%s" % (name, difference(rows, wanted)))
    check_collect(path, name, platform, wanted)


def difference(rows, wanted):
    if len(rows) != len(wanted):
        return ": %d, not %d" % (len(rows), len(wanted))
    for i, (row, want) in enumerate(zip(rows, wanted)):
        for key in want:
            if row.get(key) != want[key]:
                return ": row %d, %s: %r, not %r" % (i + 1, key, row.get(key), want[key])
    return ": columns"


def has_parse():
    collect = os.environ.get("COLLECT", "")
    if not os.access(collect, os.X_OK):
        return False
    help_text = subprocess.run([collect, "parse", "--help"], capture_output=True, timeout=20)
    return help_text.returncode == 0


def check_collect(path, name, platform, wanted):
    if not COLLECT_PARSES:
        return
    template = os.path.basename(os.path.dirname(path))
    done = subprocess.run(
        [os.environ["COLLECT"], "parse", "--templates", TEMPLATES, "--platform", platform,
         "-t", template, "-f", "json", path], capture_output=True, timeout=20)
    if done.returncode:
        return fail("%s: collect parse: %s" % (name, done.stderr.decode("utf-8", "replace").strip()))
    rows = json.loads(done.stdout)
    for row in rows:
        for column in BASE_COLUMNS:
            row.pop("_" + column if "_" + column in row else column, None)
    if rows != wanted:
        fail("%s: collect's rows differ%s" % (name, difference(rows, wanted)))


def known_columns():
    """The first cells of the tables in templates/README.md."""
    return set(re.findall(r"^\| `(\w+)`", read(os.path.join(TEMPLATES, "README.md")), re.M))


def main(arguments):
    bless = "--bless" in arguments
    words = [a for a in arguments if not a.startswith("--")]
    rows = index_rows()
    known = known_columns()
    first = {row[0][0] for row in rows}
    indexed = {name for row in rows for name in row[0]}
    templates = sorted(os.path.relpath(p, TEMPLATES) for p in glob.glob(TEMPLATES + "/*/*.textfsm"))
    for missing in sorted(indexed - set(templates)):
        fail("templates/index: there is no %s" % missing)
    count = 0
    for template in templates:
        platform, base = os.path.split(template)
        if template not in indexed:
            fail("%s has no row in templates/index" % template)
            continue
        check_states(template)
        check_columns(template, known)
        if template not in first:
            continue  # it adds columns to the rows of the first, and is tested with it
        command = command_of(template, rows)
        check_refusals(template, platform, command)
        texts = sorted(glob.glob(os.path.join(FIXTURES, platform, base[:-8], "*.txt")))
        if len(texts) < 2:
            fail("%s has %d fixtures, it needs 2" % (template, len(texts)))
        for path in texts:
            if not words or any(word in path for word in words):
                count += 1
                check_fixture(path, platform, command, bless)
    print("%d templates, %d fixtures%s, %d failures" % (
        len(templates), count, ", collect too" if COLLECT_PARSES else "", len(failures)))
    return 1 if failures else 0


COLLECT_PARSES = has_parse()
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
