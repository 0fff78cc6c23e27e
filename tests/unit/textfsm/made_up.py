"""Templates, texts and indexes made up from a random.Random: every construct of the language, in
places and combinations that nobody writes, now and then broken."""

NAMES = ['A', 'AB', 'A_B', 'ABC', 'a', 'B', 'VLAN', 'VLAN_ID', '_', 'N1', 'Key', 'List', 'Start']
ODD_NAMES = ['é', 'A-B', '1A', 'A.B', '${A}', 'x' * 48, 'x' * 49, 'é' * 48, '', 'n']
OPTIONS = ['Required', 'Filldown', 'Fillup', 'Key', 'List']
ODD_OPTIONS = ['OptionBase', 'required', '', 'Sticky', '__doc__', 'ValidOptions', 'List ']

# Each with words that it matches.
REGEXES = {
    '(\\d+)': ['1', '22', '3'], '(\\S+)': ['x', 'y-1', 'é'], '(\\w*)': ['', 'w'],
    '(.*)': ['any thing', ''], '(.+?)': ['z'], '()': [''], '(x?)': ['x', ''],
    '(a|b)': ['a', 'b'], '(up|down|admin down)': ['up', 'admin down'], '([^,:]+)': ['q q'],
    '(\\d+\\.\\d+)': ['1.2'], '(\\d+(?:,\\d+)*)': ['1,2', '3'], '((\\d)(\\d))': ['12'],
    '((?P<n>\\w)(?P<m>\\d)?)': ['k', 'k1'], '((?P<n>\\d+)|(?P<m>[a-z]+))': ['7', 'abc'],
    '((?P<A>\\d)-(?P<k>\\w+))': ['1-one'], '((?P<n>\\w+)(?=!))': ['h!'],
    '((?P<n>[ab])(?P=n)?)': ['aa'], '((?:(?P<n>x)|y)+)': ['xy', 'yy'],
    '(\\d{,2})': ['1', '12', ''], '(\\w++)': ['pp'], '((?>a|ab)c?)': ['ac', 'a'],
    '((?i:ok))': ['OK'], '(\\$\\d+)': ['$5'], '(\\(\\w\\))': ['(p)'], '([[:a]+)': ['[a:'],
    '([\\]x])': [']'], '(\\d+)|(\\w+)': ['9', 'nine'], '((?P<é>\\w))': ['é'],
    '((?P<n>\\w)(?(n)\\d|x))': ['q1'], '(\\w+  \\w+)': ['a  b'], '([^)]+\\))': ['x)'],
    '((?P<n>a)(?P<m>b)?|(?P<k>c))': ['ab', 'a', 'c'], '((x)(y)?)': ['x', 'xy'],
    '(x(?#c))': ['x'], '((?P<n>\\d+)(?=,)|(?P<m>\\d+))': ['1', '2'],
    '(.*?(?P<n>\\d)?)': ['q1', ''], '(\\x41\\t?)': ['A', 'A\t'],
}
ODD_REGEXES = ['(', '(x', 'x)', '\\d+', '(x\\)', '(x\\\\)', '(?:x)', '(?=x)', '(?i)', '([z-a])',
               '(x))', '((x)', '(x)(y)', '(*)', '(?P<A>x)', '((?P<B>x)(?P<B>y))', '(\\2)',
               '((x)\\2)', '(x)?', '( x )', '(#)', '(\\b)', '(a{3,2})', '(${A})', '($$)', '($)',
               '(\\Z)', '(\\K)']
LITERALS = {
    'x': 'x', 'y': 'y', 'is': 'is', ':': ':', '-': '-', ' ': ' ', '\\s+': '  ', '\\s*': '',
    '\\d': '1', '.': 'q', '.*': 'x y', '\\S': '!', '\\w+': 'w', 'é': 'é', '(?:a|b)': 'b',
    '(\\d)': '3', '(-)?': '-', '\\.': '.', '[$$x]': '$', '[^$$]': 'q', '\\$$': '$',
    '(?:x|$$)': 'x', '\\b': '', '#': '#', ',': ',', '"': '"', '[\\]x]': ']', '->': '->',
    ' -> x': ' -> x', '\t': '\t', '\\t': '\t', '(?=.*x)': '', '(?!y)': '', '\\x20': ' ',
    '{': '{', '[^\\s,]+': 'z', '(?#c)': '', '$$': '', '\\D++': 'dd',
}
ODD_PIECES = ['$', '${', '${}', '${nope}', '$nope', '$1', '${A', '$é', '${é}', '(', ')', '*',
              '[', '$$$', '\\', '(?P<A>\\w)', '(?P<n0>x)', '${A-B}', '$A_B', '$ABx', '(?i)',
              '{3,2}', '\x0b', '\xa0', '\x00', '\x1c', '\x85', '\u2028', '\ufeff', '\ud7ff',
              '\U0001f600', '{2}', '(?P<loose>\\w)', '\\$', '\\2', '(?1)', '(?i:X)']
ACTIONS = ['Record'] * 9 + ['Next', 'Continue', 'Clear', 'Clearall', 'NoRecord', 'Next.Record',
           'Next.Clear', 'Next.Clearall', 'Next.NoRecord', 'Continue.Record', 'Continue.Record',
           'Continue.Clear', 'Continue.Clearall', 'Continue.NoRecord']
ERRORS = ['Error', 'Error "m"', 'Error m', 'Error.Record', 'Error.Clear "x y"',
          'Error.Clearall é', 'Error.NoRecord', 'Error ""', 'Error "a" "b"', 'Error Start',
          'Error End']
TARGETS = ['Start', 'Two', 'Drei', 'End', 'EOF']
ODD_ACTIONS = ['record', 'Continue Start', 'Continue.Record Two', 'Record.Next', 'Next "text"',
               '"text"', 'Record  Two', 'Next.Record\tTwo', 'Nowhere', 'Record Next',
               'Next Next', 'Error x y', 'Record # c', 'Clear.Record', 'Next.', '.Record',
               'Start Start', 'Zwölf', 'Next.Error', 'Error "', 'Continue.Continue',
               'Record\xa0Two', '-> Record', 'Start "x"']
BLANKS = ['', '', '', '', ' ', '\t', '\x0c', '  \t ', '\xa0', '\u3000']
COMMENTS = ['# c', '   # c', '\t#', '#', '\xa0# c', '# Value A (x)', '# Start']
SEPARATORS = ['\n'] * 12 + ['\r\n', '\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\x85', '\u2028',
              '\u2029', '\n\r', '\n\n', '\x1f', '\x00']
WORDS = ['x', 'y', 'is', ':', '-', ' ', '  ', '\t', 'é', 'a', 'b', '$', '.', ',', '#', '1',
         '22', 'up', '{', '->', '"', '!', '\xa0', '\u2003', 'ß', '٣', '\udcff', '\udc80\udc80',
         '\x00', '\u0130', '語']


LENGTHS = [16, 32, 64, 64, 128, 192, 256, 512, 1024, 4096]


class Made:
    """One template, and what its lines are made of."""

    def __init__(self, rng, odd=8):
        self.rng = rng
        self.odd = odd  # percent of things that are likely wrong
        self.values = []  # (name, regex)
        self.samples = []
        self.marked = rng.randrange(2)
        self.end = rng.choice(['\n'] * 8 + ['\r\n', '\r'])
        self.text = self.template()

    def chance(self, percent):
        return self.rng.randrange(1000) < percent * 10

    def pick(self, usual, odd):
        return self.rng.choice(odd if self.chance(self.odd / 8) else usual)

    def options(self):
        if self.chance(35):
            return ''
        some = self.rng.sample(OPTIONS, self.rng.randrange(1, 5 if self.chance(20) else 3))
        if self.chance(self.odd / 8):
            some.append(self.rng.choice(ODD_OPTIONS + OPTIONS))
        return ','.join(some) + ' '

    def value(self):
        name = self.pick(NAMES, ODD_NAMES)
        if name in [n for n, _ in self.values] and not self.chance(self.odd / 4):
            name += str(len(self.values))
        regex = self.pick(sorted(REGEXES), ODD_REGEXES)
        self.values.append((name, regex))
        for group in 'nm':  # a rule with two Values wants them apart
            regex = regex.replace('<%s>' % group, '<%s%d>' % (group, len(self.values)))
            regex = regex.replace('=%s)' % group, '=%s%d)' % (group, len(self.values)))
            regex = regex.replace('(?(%s)' % group, '(?(%s%d)' % (group, len(self.values)))
        line = 'Value %s%s %s' % (self.options(), name, regex)
        if self.chance(self.odd / 8):
            line = self.rng.choice(['Value  ' + line[6:], line.replace(' ', '\t', 1), ' ' + line,
                                    line + ' # c', line.replace(' ', '  '), 'Value', line.lower(),
                                    line.replace(' ', '\xa0', 1), line + '\xa0\x1c', line[:-1]])
        return line + (self.rng.choice(BLANKS) if self.chance(10) else '')

    def piece(self, values):
        """A piece of a rule, and a text for it; takes a Value off the list."""
        if values and self.chance(45):
            name, regex = values.pop()
            if self.chance(self.odd / 8):
                values.append((name, regex))
            simple = name.isascii() and name.isidentifier() and self.chance(10)
            text = self.rng.choice(REGEXES.get(regex, ['x']))
            return ('$' if simple else '${') + name + ('' if simple else '}'), text
        literal = self.pick(sorted(LITERALS), ODD_PIECES)
        return literal, LITERALS.get(literal, literal)

    def rule(self, targets):
        values = self.rng.sample(self.values, len(self.values))
        pieces = [self.piece(values) for _ in range(self.rng.choice([1, 1, 2, 2, 3, 3, 4, 5]))]
        if self.chance(25):
            pieces.append(('$$', ''))
        if self.marked:  # so that a line meets the rule that it was made for
            mark = 'r%d%s' % (len(self.samples), self.rng.choice([' ', ':', '']))
            pieces.insert(0, (mark, mark))
        self.samples.append(''.join(text for _, text in pieces))
        line = self.pick(['  ', ' ', '\t'], ['   ', '', '\t\t', ' \t']) + self.pick(['^'], ['',
        '^^', '.'])
        line += ''.join(piece for piece, _ in pieces)
        if ' ->' in line or self.chance(65):
            line += self.pick([' -> ', ' -> ', ' ->  ', '\t->\t'], ['->', ' ->', ' - >',
            '\xa0-> ', '-> '])
            line += self.action(targets)
        return line + (self.rng.choice(BLANKS) if self.chance(5) else '')

    def action(self, targets):
        if self.chance(self.odd / 3):
            return self.rng.choice(ODD_ACTIONS)
        if self.chance(5):
            return self.rng.choice(ERRORS)
        action = '' if self.chance(15) else self.rng.choice(ACTIONS)
        if (not action or self.chance(12)) and 'Continue' not in action:
            action += ' ' + self.rng.choice(targets)
        return action.strip()

    def noise(self, lines, percent):
        while self.chance(percent):
            lines.append(self.rng.choice(COMMENTS))

    def states(self):
        names = ['Start'] + self.rng.sample(TARGETS[1:], self.rng.choice([0, 0, 1, 1, 2, 3, 4]))
        if self.chance(self.odd / 4):
            names.append(self.rng.choice(['Start', 'Record', 'Continue', 'Zwölf', 'x y', '9',
            's' * 49, 'é-é']))
        if self.chance(self.odd / 8):
            names.remove('Start')
        if self.chance(30):
            self.rng.shuffle(names)
        return names

    def template(self):
        lines = []
        for _ in range(self.rng.choice([0, 1, 2, 2, 3, 3, 4, 5, 7])):
            self.noise(lines, 8)
            lines.append(self.value())
        self.noise(lines, 8)
        if not self.chance(self.odd / 8):
            lines.append(self.rng.choice(BLANKS))
        names = self.states()
        for name in names:
            self.state(lines, name, names + names + ['End', 'EOF'])
        text = self.end.join(lines)
        return text + (self.end if self.chance(80) else '')

    def state(self, lines, name, targets):
        self.noise(lines, 8)
        lines.append(name + (self.rng.choice(BLANKS) if self.chance(5) else ''))
        empty = name in ('End', 'EOF') and not self.chance(self.odd)
        rules = [2, 3, 4, 5, 6] if name == 'Start' else [0, 1, 2, 2, 3, 4]
        for _ in range(0 if empty else self.rng.choice(rules)):
            self.noise(lines, 5)
            lines.append(self.rule(targets))
        if name == 'Start' and self.marked:
            lines.append(self.rng.choice(['  ^!', '  ^y', '  ^r[135]', '  ^r']) + ' -> Record')
        for _ in range(0 if self.chance(self.odd / 8) else 1 + self.chance(20)):
            lines.append(self.rng.choice(BLANKS))

    def line(self):
        text = self.short_line()
        if text and self.chance(6):  # as long as the engine's blocks are, or nearly
            length = self.rng.choice(LENGTHS) + self.rng.randrange(-2, 3)
            at = self.rng.randrange(len(text))
            padding = self.rng.choice(['x', ' ', '1', text[at], text, 'é', 'ab ', text[at:]])
            text = text[:at] + padding * (length // max(1, len(padding))) + text[at:]
        return text

    def short_line(self):
        if self.samples and self.chance(70):
            text = self.rng.choice(self.samples)
            if self.chance(15):
                at = self.rng.randrange(len(text) + 1)
                text = text[:at] + self.rng.choice(WORDS) + text[at:]
            return text
        return ''.join(self.rng.choice(WORDS) for _ in range(self.rng.randrange(7)))

    def lines(self):
        parts = []
        for _ in range(self.rng.choice([0, 1, 3, 6, 9, 12, 16, 24])):
            parts += [self.line(), self.rng.choice(SEPARATORS)]
        if self.chance(3):  # the engine makes machine code of what it does often
            parts *= 50
        text = ''.join(parts if self.chance(70) else parts[:-1])
        return text.lstrip('\ufeff')  # which ours skips there


PLATFORMS = ['ios', 'cisco_ios', 'cisco_.*', '(x|y)_os', '.*', '', 'ios$', 'io', 'nx[ -]?os',
             '(?i)IOS', 'x|ios', 'cisco\\_ios', 'i+os', '.', 'é', '[[ios]]', 'a{2}', 'ios\\Z',
             '(ios)?', '^ios']
COMMANDS = ['sh[[ow]] ver[[sion]]', 'sh[[ow]] \\S+ v[[er]]', 'show (a|b)', 'sho(w)? ip',
            '[[abc]]+', 'sh[[ow]][[ip]]', 'sh[[o.w]]', '[[é]]x', 'a|b', 'show .*', 'dir\\s*$',
            'show [ab]', '(?i)SHOW', 'ow]]', 'sh[[[ow]]]', '\\[[x]]', 'sh[[ow]] ?x',
            'sh[[ow]]?', '[[w]]w', 's[[how]] ip', 'show  ip', 'sh[[ow]]$', 'sh[[o|w]]',
            'sh[[ow]] ip [[ow]]o', 'sh[[ow] ]', 'show ver[[sion]]s', '[[]]]]', 'show\\ ip', '',
            'sh[[ow]] (ip|ver[[sion]])', '[[show]] x{2}', 'show$|dir', 'sh[[ow]] \\d+[[ab]]',
            '.*[[ver]]$']
BAD_CELLS = ['[[(]]', 's[[h', '[[+]]x', '(', '*', '[', '[[(x]]', 'a{3,2}', '(?<n>x)', '\\',
             '[[\\]]', '(?P<a>x)(?P<a>y)', '[z-a]']
HOSTS = ['.*', '', 'r\\d+', 'core', 'r1', '(r|s)\\d$']
ASKED = {
    'Platform': ['ios', 'cisco_ios', 'x_os', 'iosxr', 'nx os', 'IOS', '', 'é', 'aa', 'i'],
    'Command': ['show ver', 'show version', 'sh v', 'show x ve', 'show a', 'sho ip', 'abc', 'show',
                's', 'dir ', 'show ip', 'sh', 'b', 'éx', '[x', 'shoip', 'show ip o', 'w', 'ww', '',
                'sh [[ow]]', '(', 'show  ip', 'SHOW', 'shox', 'sh xx', 'show 12ab', 'a\nb',
                'show\n', '+x', 'ow]]', 'shw'],
    'Hostname': ['r1', 'core1', 's22', '', 'r'],
    'Vendor': ['cisco', 'x'],
    'Template': ['a'],
    'Nope': ['x'],
}


class MadeIndex:
    """An index, its templates by name, what to ask it, and a text."""

    def __init__(self, rng):
        self.rng = rng
        self.templates = {name: Made(rng, rng.choice([0, 0, 0, 0, 8])) for name in 'abc'}
        self.asked = {name: rng.choice(ASKED[name]) for name in
                      rng.sample(sorted(ASKED), rng.choice([1, 2, 2, 3, 6]))}
        self.text = self.index()

    def chance(self, percent):
        return self.rng.randrange(1000) < percent * 10

    def cell(self, column):
        if self.chance(0.2):
            return self.rng.choice(BAD_CELLS)
        if column == 'Template':
            return ':'.join(self.rng.choices('aabbc', k=self.rng.choice([1, 1, 2, 2, 3])))
        pool = {'Platform': PLATFORMS, 'Command': COMMANDS, 'Hostname': HOSTS}.get(column, ['',
        '.*', 'cis'])
        if self.chance(30) and column in self.asked and self.asked[column].isalnum():
            return self.asked[column]
        return self.rng.choice(pool)

    def row(self, columns):
        cells = [self.rng.choice(['', ' ', ' ', '\t']) + self.cell(column) + self.rng.choice(['',
        '', ' '])
                 for column in columns]
        if self.chance(3):
            cells.append('x')
        return ','.join(cells)

    def index(self):
        columns = ['Template'] + [c for c in ('Hostname', 'Platform', 'Command',
        'Vendor') if self.chance(70)]
        if self.chance(30):
            self.rng.shuffle(columns)
        if self.chance(1):
            columns[self.rng.randrange(len(columns))] = self.rng.choice(['template', 'Command',
            'x'])
        lines = [self.rng.choice(['# c', '', ' # c',
        ' ']) for _ in range(self.rng.choice([0, 0, 1, 2]))]
        lines.append(', '.join(columns) + self.rng.choice(['', '', ' ', ' # c, d']))
        for _ in range(self.rng.randrange(1, 10)):
            if self.chance(15):
                lines.append(self.rng.choice(['', '  ', '# a, b, c', ' # x', '#']))
            lines.append(self.row(columns))
        end = self.rng.choice(['\n'] * 4 + ['\r\n', '\r'])
        return end.join(lines) + (end if self.chance(80) else '')

    def lines(self):
        return '\n'.join(made.lines() for made in self.templates.values())
