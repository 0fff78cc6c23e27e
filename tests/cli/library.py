#!/usr/bin/python3
"""The template library against its fixtures, through Python's clitable and `collect test`.

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
# The names of what most platforms have, and the platforms that have no such command (or none
# that lists it for all ports, or none with a format of its own).
NEUTRAL_NAMES = {
    "show_version": (),
    "show_interfaces": (),
    "show_arp": (),
    "show_mac_address_table": ("cisco_asa", "cisco_xr", "fortinet", "paloalto_panos"),
    "show_lldp_neighbors": ("cisco_asa", "fortinet", "linux", "paloalto_panos"),
    "show_inventory": ("fortinet", "linux", "paloalto_panos"),
    "show_vlan": ("cisco_asa", "cisco_xr", "fortinet", "linux", "paloalto_panos"),
    "show_ip_route": (),
}
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


def difference(rows, wanted):
    if len(rows) != len(wanted):
        return ": %d, not %d" % (len(rows), len(wanted))
    for i, (row, want) in enumerate(zip(rows, wanted)):
        for key in want:
            if row.get(key) != want[key]:
                return ": row %d, %s: %r, not %r" % (i + 1, key, row.get(key), want[key])
    return ": columns"


def ask_collect(verb, *arguments):
    """Whether the program, if it is there and has the verb, finds nothing wrong."""
    collect = os.environ.get("COLLECT", "")
    if not os.access(collect, os.X_OK):
        return False
    if subprocess.run([collect, verb, "--help"], capture_output=True, timeout=20).returncode:
        return False
    done = subprocess.run([collect, verb] + list(arguments), capture_output=True, timeout=120)
    if done.returncode:
        fail("collect %s: %s" % (verb, (done.stdout + done.stderr).decode("utf-8", "replace")))
    return True


def mapped_commands(platform):
    """The commands: of templates/PLATFORM/platform.yml."""
    text = read(os.path.join(TEMPLATES, platform, "platform.yml"))
    block = re.search(r"^commands:\n((?:  .*\n)*)", text, re.M)
    return dict(re.findall(r"^  (\w+): (.*)$", block.group(1), re.M)) if block else {}


def check_neutral_names(rows):
    """Each is a template's own name, or platform.yml maps it to a command that the index has."""
    names = {name for row in rows for name in row[0]}
    index = clitable.CliTable("index", TEMPLATES).index
    for platform in sorted({os.path.dirname(name) for name in names}):
        commands = mapped_commands(platform)
        for name, without in NEUTRAL_NAMES.items():
            asked = {"Platform": platform, "Command": commands.get(name, "")}
            found = (index.GetRowMatch(asked) if name in commands
                     else "%s/%s.textfsm" % (platform, name) in names)
            if not found and platform not in without:
                fail("%s: -t %s means nothing" % (platform, name))
            elif found and platform in without:
                fail("%s has %s" % (platform, name))


def known_columns():
    """The first cells of the tables in templates/README.md."""
    return set(re.findall(r"^\| `(\w+)`", read(os.path.join(TEMPLATES, "README.md")), re.M))


def check_template(template, rows, known, words, bless):
    """How many fixtures were tried."""
    check_states(template)
    check_columns(template, known)
    if template not in {row[0][0] for row in rows}:
        return 0  # it adds columns to the rows of the first, and is tested with it
    platform, base = os.path.split(template)
    command = command_of(template, rows)
    check_refusals(template, platform, command)
    paths = sorted(glob.glob(os.path.join(FIXTURES, platform, base[:-len(".textfsm")], "*.txt")))
    if len(paths) < 2:
        fail("%s has %d fixtures, it needs 2" % (template, len(paths)))
    paths = [path for path in paths if not words or any(word in path for word in words)]
    for path in paths:
        check_fixture(path, platform, command, bless)
    return len(paths)


def main(arguments):
    bless = "--bless" in arguments
    words = [a for a in arguments if not a.startswith("--")]
    rows = index_rows()
    known = known_columns()
    templates = sorted(os.path.relpath(p, TEMPLATES) for p in glob.glob(TEMPLATES + "/*/*.textfsm"))
    indexed = {name for row in rows for name in row[0]}
    for missing in sorted(indexed - set(templates)):
        fail("templates/index: there is no %s" % missing)
    for stray in sorted(set(templates) - indexed):
        fail("%s has no row in templates/index" % stray)
    count = sum(check_template(t, rows, known, words, bless) for t in templates if t in indexed)
    check_neutral_names(rows)
    tried = ask_collect("test", "--templates", TEMPLATES, FIXTURES)
    ask_collect("lint", TEMPLATES)
    print("%d templates, %d fixtures%s, %d failures" % (
        len(templates), count, ", collect too" if tried else "", len(failures)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
