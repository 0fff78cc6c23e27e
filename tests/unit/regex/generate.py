"""Patterns and subjects made up from a random.Random, and which differences are known."""


import sre_constants
import sre_parse

import driver

LITERALS = list("aabbc01 -:/_iIkKsS") + ["\\.", "\\-", "é", "ſ", "\u212a", "İ", "\\n", "\\t", " "]
RARE_LITERALS = ["\\x41", "\\u00e9", "\\U00010428", "\\101", "\\0", "\\07", "\\N{DIGIT ONE}",
                 "\\v", "\\a", "ß", "ǆ", "ǅ", "σ", "ς", "Σ", "µ", "\u0345", "ᾳ", "ﬅ", "ﬆ",
                 "\u0390", "\u1fd3", "\U00010400", "😀", "\xa0", "\x1f", "\x85", "\u200b",
                 "\u180e", "\r", "\x00", "\\udc80", "\\#", "\\ ", "#", "&", "(?#c)", "(?#)",
                 "]", "}", "{", "{a}", "{,", "\\/", "\\_", "\\é", '\\"']
CLASSES = [".", "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "[ab]", "[^a]", "[a-c0-9]", "[^\\s,]",
           "[\\w.-]", "[^\\W\\d]", "[\\W1]", "[\\S ]", "[:alpha:]", "[[:a]", "[]a]", "[i-t]",
           "[^é]", "[\\d\\s]", "[^\\S\\n]", "[A-Z]"]
RARE_CLASSES = ["[\\x00-\\x1f]", "[\\u0100-\\u017f]", "[^\\W_]", "[\\b]", "[\\]\\-]", "[a\\-z]",
                "[--/]", "[+--]", "[a-]", "[-a]", "[]-a]", "[^]]", "[^^]", "[\\^a]", "[[]",
                "[&&a]", "[a||b]", "[a~~b]", "[|]", "[$^]", "[\\D\\d]", "[^\\D\\d]", "[\\W\\w]",
                "[\\S\\s]", "[^\\s\\S]", "[\\d-]", "[K-k]", "[ſ-ƀ]",
                "[\\U00010400-\\U00010427]", "[\\U00010430-😀]", "[\\0-\\177]", "[ -~]",
                "[!-/:-@]", "[é-ü]", "[\\udc80-\\udcff]", "[^\\udc80]", "[\\t -\\r]", "[σ]",
                "[^σ]", "[ß]", "[ǅ]", "[\\101-\\103]", "[\\N{DIGIT ONE}-5]", "[\\n\\r]",
                "[:space:]", "[[:digit:]]", "[[=a=]]", "[{}]", "[*+?]", "[(|)]"]
ASSERTIONS = ["^", "$", "\\b", "\\B", "\\A", "\\Z"]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{2,}", "{0,1}?", "{0}",
               "{0,2}", "{1,2}?", "++", "*+", "?+", "{1,3}+", "{3}", "{1,}", "{0,}", "{,}",
               "{,1}", "{1}", "{2}?", "{2,}?", "{,2}+", "{0}+", "{1,1}", "{0,0}", "{3,}+",
               "{02}"]
FLAGS = ["i", "s", "m", "x", "a", "u", "is", "i-s", "-i", "ia", "-s", "i", "i", "x-i", "-x",
         "-m", "ims", "a-i", "sx-im", "u-s", "iu"]
BROKEN = ["{", "{1", "}", "]", "[", "(", ")", "*", "+?*", "\\", "\\q", "\\x4", "(?", "(?P<",
          "(?P=n)", "(?(1)a|b)", "(?i)", "[z-a]", "\\8", "\\N", "(?<=a*)", "(?P<n>", "(?#",
          "{3,2}", "|", "^*", "(?-:a)", "(?z:a)", "[a-\\d]", "\\400", "(?<n>a)", "(?:", "\\u12",
          "#", "(?(n)a)", "(?P>n1)", "(?&n1)", "(?R)", "(?|a)", "(?C)", "(*F)", "\\K", "\\Q",
          "\\R", "\\h", "\\p{L}", "\\g1", "\\k<n1>", "\\cA", "\\e", "\\o{1}", "\\X", "\\G",
          "\\z", "\\E", "(?<=a|bc)", "(?<!a+)", "(?P<n1>a)", "(?P=)", "(?P=1)", "(?(99)a)",
          "(?(0)a)", "(?(1)a|b|c)", "(?i-i:a)", "(?L:a)", "(?au:a)", "(?-a:b)", "(?s)",
          "(?P<1a>a)", "(?P<é>a)", "(?Px)", "(?!", "(?<", "x{2}{3}", "a**", "a+*", "a?{2}",
          "\\b*", "$*", "^+", "(?=a)*", "(?!a)+", "\\Z?", "[\\", "[a", "[a-", "[^", "[\\w-a]",
          "[\\d-\\w]", "\\U00110000", "\\ud800", "\\xg1", "\\N{NOPE}", "\\99", "(?#", "\\",
          "a{99999999999}", "(?'n'a)", "(?(?=a)b)", "(?+1)", "(?-1)", "(?^:a)"]
CHARS = list("aaabbc01 -:/_iIkKsS.,\n\t") + ["é", "ſ", "\u212a", "İ", "ı", "\x1f", "\u00a0", "٣",
                                             "\u0301", "\udc80", "\udcff", "A", "Z"]


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.groups = 0
        self.closed = []
        self.names = {}

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def group(self, depth):
        kind = self.rng.randrange(12)
        if kind < 4:
            self.groups += 1
            number = self.groups
            name = "?P<n%d>" % number if self.chance(30) else ""
            if name:
                self.names[number] = "n%d" % number
            text = "(%s%s)" % (name, self.alternatives(depth))
            self.closed.append(number)
            return text
        if kind == 4 and self.closed:
            number = self.reference()
            other = "|" + self.sequence(depth) if self.chance(60) else ""
            return "(?(%s)%s%s)" % (number, self.sequence(depth), other)
        if kind == 5:
            return "(?%s:%s)" % (self.rng.choice(FLAGS), self.alternatives(depth))
        opener = {6: "(?=", 7: "(?!", 8: "(?<=", 9: "(?<!", 10: "(?>"}.get(kind, "(?:")
        if kind in (8, 9):
            return opener + self.behind() + ")"
        return opener + self.alternatives(depth) + ")"

    def reference(self):
        """The number of a group that is closed, or its name."""
        number = self.rng.choice(self.closed)
        return self.names.get(number, number) if self.chance(50) else number

    def behind(self):
        """What a look-behind may hold: mostly of one width."""
        units = "".join(self.unit() for _ in range(self.rng.randrange(3)))
        if self.chance(20):
            return "(?:%s|%s)" % (units, units)
        if self.chance(20):
            return "%s|%s" % (units, self.unit() * self.rng.randrange(1, 3))
        if self.chance(15):
            return units + self.rng.choice(ASSERTIONS + ["{2}", "(?=a)", "(?<=b)", "(?!b)"])
        return units

    def unit(self):
        if self.chance(12):
            return self.rng.choice(RARE_CLASSES if self.chance(50) else RARE_LITERALS)
        return self.rng.choice(CLASSES if self.chance(35) else LITERALS)

    def item(self, depth):
        pick = self.rng.randrange(100)
        if pick < 6:
            return self.rng.choice(ASSERTIONS)
        if pick < 9 and self.closed:
            group = self.reference()
            return "(?P=%s)" % group if isinstance(group, str) else "\\%d" % group
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


class Sampler:
    """Texts that a pattern likely matches: a walk through what Python's parser makes of it."""

    MOST = 60

    def __init__(self, rng):
        self.rng = rng
        self.groups = {}

    def one_of(self, items):
        items = [item for item in items if item[0] is not sre_constants.NEGATE]
        operator, argument = self.rng.choice(items) if items else (None, None)
        if operator is sre_constants.LITERAL:
            return chr(argument)
        if operator is sre_constants.RANGE:
            return chr(self.rng.choice((argument[0], argument[1], self.rng.randint(*argument))))
        words = {sre_constants.CATEGORY_DIGIT: "07٣", sre_constants.CATEGORY_SPACE: " \t\x1f\xa0",
                 sre_constants.CATEGORY_WORD: "ab_1é"}
        return self.rng.choice(words.get(argument, "-:x é1"))

    def repeat(self, least, most, body):
        most = min(int(most), least + 3)
        return "".join(self.text(body) for _ in range(self.rng.randint(least, most)))

    def item(self, operator, argument):
        if operator is sre_constants.LITERAL:
            c = chr(argument)
            return c.swapcase()[:1] if self.rng.randrange(8) == 0 else c
        if operator is sre_constants.IN:
            return self.one_of(argument)
        if operator in (sre_constants.ANY, sre_constants.NOT_LITERAL):
            return self.rng.choice(CHARS)
        if operator in REPEATS:
            return self.repeat(*argument)
        if operator is sre_constants.SUBPATTERN:
            self.groups[argument[0]] = text = self.text(argument[3])
            return text
        if operator is sre_constants.BRANCH:
            return self.text(self.rng.choice(argument[1]))
        if operator is sre_constants.ATOMIC_GROUP:
            return self.text(argument)
        if operator is sre_constants.GROUPREF:
            return self.groups.get(argument, "")
        if operator is sre_constants.GROUPREF_EXISTS:
            return self.text(argument[1 if argument[0] in self.groups else 2] or [])
        return ""

    def text(self, parsed):
        text = ""
        for operator, argument in parsed:
            if len(text) < self.MOST:
                text += self.item(operator, argument)
        return text[:self.MOST]


def sample(rng, pattern):
    """A text for it, perhaps with a fault."""
    try:
        text = Sampler(rng).text(sre_parse.parse(pattern))
    except (sre_constants.error, OverflowError, RecursionError, ValueError):
        return subject(rng)
    if rng.randrange(3) == 0:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(CHARS) + text[at + rng.randrange(2):]
    data = driver.encode(text)
    return subject(rng) if data is None else data.decode("utf-8", "surrogateescape")


def subject(rng):
    return "".join(rng.choice(CHARS) for _ in range(rng.randrange(9)))


def ascii_subject(rng):
    return "".join(c for c in subject(rng) if c.isascii())


LENGTHS = [16, 32, 64, 128, 192, 256, 320, 512]


def stretched(rng, text):
    """With a part repeated until it is as long as a block of the engine, or nearly."""
    at = rng.randrange(len(text) + 1)
    part = rng.choice([text, text[at:], text[at:at + 1], "x", " "]) or "a"
    times = (rng.choice(LENGTHS) + rng.randrange(-2, 3)) // len(part)
    text = text[:at] + part * times + text[at:]
    data = driver.encode(text)
    return text if data is None else data.decode("utf-8", "surrogateescape")


def job(rng):
    subjects = [ascii_subject(rng) for _ in range(6)] + [subject(rng) for _ in range(6)]
    flags = driver.ANCHORED if rng.randrange(3) else driver.SEARCH
    pattern = Maker(rng).pattern()
    subjects += [sample(rng, pattern) for _ in range(6)]
    subjects.append(stretched(rng, rng.choice(subjects)))
    return flags, pattern, subjects + [""]


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
    refers = any(operator is sre_constants.GROUPREF for operator, _ in operators(parsed))
    if (same_match or refers) and has_group_repeat(parsed, lambda _, most, body:
                                       body.getwidth()[0] == 0):
        return "empty-repeat"
    if "i" in pattern and refers and any("\u0130" in (group or "") for group in expected or []):
        return "caseless-backref"
    if flags == driver.SEARCH and ("(?a:" in pattern or "(?u:" in pattern or "(?ia:" in pattern):
        return "scoped-search"
    return None

