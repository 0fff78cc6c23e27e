"""Patterns and subjects made up from a random.Random, and which differences are known."""


import sre_constants
import sre_parse

import driver

LITERALS = list("aabbc01 -:/_iIkKsS") + ["\\.", "\\-", "é", "ſ", "\u212a", "İ", "\\n", "\\t", " "]
CLASSES = [".", "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "[ab]", "[^a]", "[a-c0-9]", "[^\\s,]",
           "[\\w.-]", "[^\\W\\d]", "[\\W1]", "[\\S ]", "[:alpha:]", "[[:a]", "[]a]", "[i-t]",
           "[^é]", "[\\d\\s]", "[^\\S\\n]", "[A-Z]"]
ASSERTIONS = ["^", "$", "\\b", "\\B", "\\A", "\\Z"]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{2,}", "{0,1}?", "{0}", "{0,2}", "{1,2}?",
               "++", "*+", "?+", "{1,3}+"]
FLAGS = ["i", "s", "m", "x", "a", "u", "is", "i-s", "-i", "ia", "-s"]
BROKEN = ["{", "{1", "}", "]", "[", "(", ")", "*", "+?*", "\\", "\\q", "\\x4", "(?", "(?P<", "(?P=n)",
          "(?(1)a|b)", "(?i)", "[z-a]", "\\8", "\\N", "(?<=a*)", "(?P<n>", "(?#", "{3,2}", "|", "^*",
          "(?-:a)", "(?z:a)", "[a-\\d]", "\\400", "(?<n>a)", "(?:", "\\u12", "#", "(?(n)a)"]
CHARS = list("aaabbc01 -:/_iIkKsS.,\n\t") + ["é", "ſ", "\u212a", "İ", "ı", "\x1f", "\u00a0", "٣",
                                             "\u0301", "\udc80", "\udcff", "A", "Z"]


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.groups = 0
        self.closed = []

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def group(self, depth):
        kind = self.rng.randrange(12)
        if kind < 4:
            self.groups += 1
            number = self.groups
            name = "?P<n%d>" % number if self.chance(30) else ""
            text = "(%s%s)" % (name, self.alternatives(depth))
            self.closed.append(number)
            return text
        if kind == 4 and self.closed:
            number = self.rng.choice(self.closed)
            other = "|" + self.sequence(depth) if self.chance(60) else ""
            return "(?(%d)%s%s)" % (number, self.sequence(depth), other)
        if kind == 5:
            return "(?%s:%s)" % (self.rng.choice(FLAGS), self.alternatives(depth))
        opener = {6: "(?=", 7: "(?!", 8: "(?<=", 9: "(?<!", 10: "(?>"}.get(kind, "(?:")
        if kind in (8, 9):
            return opener + self.unit() * self.rng.randrange(3) + ")"
        return opener + self.alternatives(depth) + ")"

    def unit(self):
        return self.rng.choice(CLASSES if self.chance(35) else LITERALS)

    def item(self, depth):
        pick = self.rng.randrange(100)
        if pick < 6:
            return self.rng.choice(ASSERTIONS)
        if pick < 9 and self.closed:
            return "\\%d" % self.rng.choice(self.closed)
        if pick < 10:
            return self.rng.choice(BROKEN)
        text = self.group(depth - 1) if pick < 35 and depth > 0 else self.unit()
        if self.chance(30):
            text += self.rng.choice(QUANTIFIERS)
        return text

    def sequence(self, depth):
        return "".join(self.item(depth) for _ in range(self.rng.randrange(5)))

    def alternatives(self, depth):
        count = 1 if self.chance(75) else self.rng.randrange(1, 4)
        return "|".join(self.sequence(depth) for _ in range(count))

    def pattern(self):
        start = "(?%s)" % self.rng.choice("imsxau") if self.chance(10) else ""
        start += "^" if self.chance(30) else ""
        end = "$" if self.chance(30) else ""
        return start + self.alternatives(3) + end


def subject(rng):
    return "".join(rng.choice(CHARS) for _ in range(rng.randrange(9)))


def ascii_subject(rng):
    return "".join(c for c in subject(rng) if c.isascii())


def job(rng):
    subjects = [ascii_subject(rng) for _ in range(6)] + [subject(rng) for _ in range(6)]
    flags = driver.ANCHORED if rng.randrange(3) else driver.SEARCH
    return flags, Maker(rng).pattern(), subjects + [""]


REPEATS = {sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, sre_constants.POSSESSIVE_REPEAT}


def operators(parsed):
    """(operator, argument) of a parsed pattern, at any depth."""
    for operator, argument in parsed:
        yield operator, argument
        parts = argument if isinstance(argument, (tuple, list)) else [argument]
        for part in parts:
            if isinstance(part, sre_parse.SubPattern):
                yield from operators(part)
            elif isinstance(part, list):
                for branch in part:
                    if isinstance(branch, sre_parse.SubPattern):
                        yield from operators(branch)


def has_group_repeat(parsed, test):
    for operator, argument in operators(parsed):
        if operator in REPEATS:
            body = argument[2]
            unit = len(body) == 1 and body[0][0] in sre_parse._UNITCODES
            if not unit and test(operator, argument[1], body):
                return True
    return False


def known_deviation(flags, pattern, got, expected):
    """The name of the entry of deviations.txt that speaks of such a difference, or None."""
    parsed = sre_parse.parse(pattern)
    if has_group_repeat(parsed, lambda operator, _, body:
                        operator is sre_constants.POSSESSIVE_REPEAT):
        return "possessive-group"
    same_match = got is not None and expected is not None and got[0] == expected[0]
    if same_match and has_group_repeat(parsed, lambda _, most, body:
                                       body.getwidth()[0] == 0):
        return "empty-repeat"
    if "i" in pattern and any(operator is sre_constants.GROUPREF
                              for operator, _ in operators(parsed)) and \
            not all((group or "").isascii() for group in (got or []) + (expected or [])):
        return "caseless-backref"
    if flags == driver.SEARCH and ("(?a:" in pattern or "(?u:" in pattern or "(?ia:" in pattern):
        return "scoped-search"
    return None

