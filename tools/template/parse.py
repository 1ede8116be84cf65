# SPDX-License-Identifier: Apache-2.0
"""Turns the text of a template into a tree.

    {{path}} {{path|filter}} {{"text"}}      a value, escaped for the place it stands in
    {{t key name=VALUE …}}                   a sentence in the reader's language
    {{#if COND}} {{else if COND}} {{else}} {{/if}}
    {{#each PATH as x}} or {{#each PATH as x, i}} {{else}} {{/each}}     i counts from 1
    {{#let name=VALUE …}} {{/let}}
    {{> component name=VALUE …}}             {{#> component …}} body {{/>}}, set at its {{@body}}
    {{params name name? …}}                  first in a component; ? may be left out
    {{view nav="…" shape="…"}} {{title VALUE}}   first in a page
    {{@title}} {{@body}}                     of the page, in the frame
    {{svg path}}                             a drawing made by the program itself, never a text
    {{! comment }}
VALUE is a path, "text", a number, true, false, (t key …), (url "…" VALUE …) or (cat VALUE …), then |filters. COND is
VALUE, not COND, VALUE == VALUE, VALUE != VALUE, joined by `and`, then by `or`."""
import re
from html import Reader, squeeze
from refuse import Refused

TAG = re.compile(r"\{\{(.*?)\}\}", re.S)
TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z_][A-Za-z0-9_-]*(?:\.@?[A-Za-z0-9_-]+)*)|(-?\d+)|(==|!=|[()|=,?]))')
FILTERS = set("date date_week day cell time instant iso money money_table number percent bytes group4 count json tail4"
              " weekday text minutes hours".split())


class Node:
    def __init__(self, kind, line, **members):
        self.kind, self.line = kind, line
        self.__dict__.update(members)


class Tokens:
    """The words of one tag."""

    def __init__(self, parser, text, line):
        self.parser, self.line, self.at, self.list = parser, line, 0, []
        i = 0
        while text[i:].strip():
            found = TOKEN.match(text, i)
            if not found:
                parser.refuse(line, f"cannot read {text[i:].strip()!r}")
            kind = "text path number sign".split()[found.lastindex - 1]
            self.list.append((kind, found.group(found.lastindex)))
            i = found.end()

    def peek(self):
        return self.list[self.at] if self.at < len(self.list) else ("end", "")

    def take(self, kind=None, value=None):
        token = self.peek()
        if kind and token[0] != kind or value and token[1] != value:
            self.parser.refuse(self.line, f"{token[1] or 'the end'!r} where {value or kind} should stand")
        self.at += 1
        return token[1]

    def sees(self, value):
        if self.peek()[1] == value and self.peek()[0] in ("sign", "path"):
            self.at += 1
            return True
        return False

    def end(self):
        if self.peek()[0] != "end":
            self.parser.refuse(self.line, f"{self.peek()[1]!r} is too much")

    def value(self):
        value = self.primary()
        while self.sees("|"):
            name = self.take("path")
            if name not in FILTERS:
                self.parser.refuse(self.line, f"there is no filter {name}")
            value = ("filter", name, value)
        return value

    def primary(self):
        kind, word = self.peek()
        if kind == "text":
            self.at += 1
            return ("text", word[1:-1].replace('\\"', '"').replace("\\\\", "\\"))
        if kind == "number":
            self.at += 1
            return ("number", word)
        if kind == "path":
            self.at += 1
            return ("bool", word) if word in ("true", "false") else ("path", word.split("."))
        self.take("sign", "(")
        call = self.take("path")
        if call == "t":
            value = self.sentence()
        elif call in ("url", "cat"):
            parts = []
            while self.peek()[1] != ")":
                parts.append(self.value())
            value = (call, parts)
        else:
            self.parser.refuse(self.line, f"there is no ({call} …)")
        self.take("sign", ")")
        return value

    def sentence(self):
        return ("words", self.take("path"), self.arguments())

    def arguments(self):
        given = {}
        while self.peek()[0] == "path":
            name = self.take("path")
            self.take("sign", "=")
            if name in given:
                self.parser.refuse(self.line, f"{name} is given twice")
            given[name] = self.value()
        return given

    def condition(self):
        left = self.all_of()
        while self.sees("or"):
            left = ("or", left, self.all_of())
        return left

    def all_of(self):
        left = self.term()
        while self.sees("and"):
            left = ("and", left, self.term())
        return left

    def term(self):
        if self.sees("not"):
            return ("not", self.term())
        value = self.value()
        for sign in ("==", "!="):
            if self.sees(sign):
                return (sign, value, self.value())
        return ("is", value)


class Template:
    """One parsed file. params: {name: may be left out}; None for a page."""

    def __init__(self, file, name):
        self.file, self.name, self.params, self.view, self.title, self.nodes = file, name, {}, {}, None, []


class Parser:
    def __init__(self, file, name, text):
        self.file, self.text = file, text
        self.html = Reader(file)
        self.template = Template(file, name)
        self.tags = list(TAG.finditer(text))
        self.index = 0
        self.position = 0

    def refuse(self, line, text):
        raise Refused(self.file, line, text)

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def parse(self):
        nodes, end = self.block(())
        if end:
            self.refuse(end.line, f"{{{{{end.text}}}}} ends nothing")
        if self.html.at.state != "data" or self.html.at.open:
            left = "<" + self.html.at.open[-1] + ">" if self.html.at.open else "a tag"
            self.refuse(self.line_of(len(self.text)), f"{left} is still open at the end")
        self.template.nodes = nodes
        return self.template

    def block(self, ends):
        """Nodes up to a tag that begins with one of ends; returns them and that tag."""
        nodes = []
        while True:
            found = self.tags[self.index] if self.index < len(self.tags) else None
            stop = found.start() if found else len(self.text)
            self.literal(nodes, self.text[self.position:stop], stop)
            if not found:
                return nodes, None
            self.index += 1
            self.position = found.end()
            tag, line = found.group(1).strip(), self.line_of(found.start())
            if tag.startswith("/") or re.match(r"else(\s|$)", tag):
                if not any(tag == end or end == "else" and tag.startswith("else") for end in ends):
                    self.refuse(line, f"{{{{{tag}}}}} ends nothing here")
                return nodes, Node("end", line, text=tag)
            node = self.tag(tag, line)
            if node:
                nodes.append(node)

    def literal(self, nodes, text, stop):
        if not text:
            return
        line = self.line_of(self.position)
        before = self.text[self.position - 1] if self.position else ""
        kept, rest = split_value(text) if self.html.at.state == "value" else ("", text)
        inside = self.html.at.state in ("between", "value")
        in_markup = self.html.at.state in ("data", "between", "value")
        self.html.literal(text, line)
        after = self.text[stop] if stop < len(self.text) else ""
        squeezed = kept + squeeze_keeping_values(rest, before, after, inside) if in_markup else text
        if squeezed:
            nodes.append(Node("html", line, text=squeezed))

    def tag(self, tag, line):
        if tag.startswith("!"):
            return None
        for begin, read in (("#if ", self.tag_if), ("#each ", self.tag_each), ("#let ", self.tag_let),
                            ("#> ", self.tag_component_with_body), ("> ", self.tag_component), ("t ", self.tag_words),
                            ("params", self.tag_params), ("view ", self.tag_view), ("title ", self.tag_title),
                            ("svg ", self.tag_svg)):
            if tag.startswith(begin):
                return read(Tokens(self, tag[len(begin):], line), line)
        if tag in ("@body", "@title"):
            where = self.html.context(line, tag)
            if where != ("text" if tag == "@body" else "plain"):
                self.refuse(line, f"{{{{{tag}}}}} cannot stand here")
            return Node(tag[1:], line)
        if tag.startswith("#") or tag.startswith(">"):
            self.refuse(line, f"there is no {{{{{tag}}}}}")
        tokens = Tokens(self, tag, line)
        value = tokens.value()
        tokens.end()
        return Node("value", line, value=value, context=self.html.context(line, tag))

    def branch(self, start, line, what):
        """Reads one branch of a block from the position start; it must end where it began."""
        self.html.at = start.copy()
        nodes, end = self.block(("else", "/" + what))
        if not end:
            self.refuse(line, f"{{{{#{what}}}}} is not ended")
        if not self.html.at.same_as(start):
            self.refuse(end.line, f"this branch of {{{{#{what}}}}} does not end where it began in the HTML")
        return nodes, end

    def tag_if(self, tokens, line):
        self.html.may_branch(line, "{{#if}}")
        start, arms, otherwise = self.html.at.copy(), [], []
        condition = tokens.condition()
        tokens.end()
        while True:
            nodes, end = self.branch(start, line, "if")
            arms.append((condition, nodes))
            if end.text == "/if":
                break
            if end.text == "else":
                otherwise, end = self.branch(start, line, "if")
                if end.text != "/if":
                    self.refuse(end.line, "{{else}} is the last branch")
                break
            tokens = Tokens(self, re.sub(r"^else\s+if\s", "", end.text), end.line)
            condition = tokens.condition()
            tokens.end()
        return Node("if", line, arms=arms, otherwise=otherwise)

    def tag_each(self, tokens, line):
        self.html.may_branch(line, "{{#each}}")
        start = self.html.at.copy()
        values = tokens.value()
        tokens.take("path", "as")
        name, counter = tokens.take("path"), None
        if tokens.sees(","):
            counter = tokens.take("path")
        tokens.end()
        nodes, end = self.branch(start, line, "each")
        otherwise = []
        if end.text == "else":
            otherwise, end = self.branch(start, line, "each")
        if end.text != "/each":
            self.refuse(end.line, "{{/each}} is missing")
        return Node("each", line, values=values, name=name, counter=counter, nodes=nodes, otherwise=otherwise)

    def tag_let(self, tokens, line):
        self.html.may_branch(line, "{{#let}}")
        given = tokens.arguments()
        tokens.end()
        nodes, end = self.block(("/let",))
        if not end:
            self.refuse(line, "{{#let}} is not ended")
        return Node("let", line, given=given, nodes=nodes)

    def component(self, tokens, line):
        if self.html.context(line, "a component") != "text":
            self.refuse(line, "a component stands between elements")
        name, given = tokens.take("path"), tokens.arguments()
        tokens.end()
        return name, given

    def tag_component(self, tokens, line):
        name, given = self.component(tokens, line)
        return Node("component", line, name=name, given=given, body=None)

    def tag_component_with_body(self, tokens, line):
        name, given = self.component(tokens, line)
        start = self.html.at.copy()
        nodes, end = self.block(("/>",))
        if not end or not self.html.at.same_as(start):
            self.refuse(line, "the body of a component must be whole elements, ended by {{/>}}")
        return Node("component", line, name=name, given=given, body=nodes)

    def tag_words(self, tokens, line):
        value = tokens.sentence()
        tokens.end()
        return Node("words", line, value=value, context=self.html.context(line, "a sentence"))

    def tag_params(self, tokens, line):
        while tokens.peek()[0] == "path":
            name = tokens.take("path")
            self.template.params[name] = tokens.sees("?")
        tokens.end()

    def tag_view(self, tokens, line):
        for name, value in tokens.arguments().items():
            if name not in ("nav", "shape") or value[0] != "text":
                self.refuse(line, 'a view has nav="…" and shape="…"')
            self.template.view[name] = value[1]

    def tag_title(self, tokens, line):
        self.template.title = tokens.value()
        tokens.end()

    def tag_svg(self, tokens, line):
        if self.html.context(line, "svg") != "text":
            self.refuse(line, "a drawing stands between elements")
        value = tokens.value()
        tokens.end()
        return Node("svg", line, value=value)


def split_value(text):
    """The rest of an attribute value, with its closing quote, and what follows."""
    end = text.find('"') + 1
    return (text[:end], text[end:]) if end else (text, "")


def squeeze_keeping_values(text, before, after, inside):
    """Squeezes the layout between elements; quoted attribute values in the piece stay as they are. inside: the piece
    begins within a tag."""
    out = []
    for k, piece in enumerate(re.split(r'("[^"<>]*")', text)):
        last = out[-1][-1:] if out and out[-1] else before
        out.append(piece if k % 2 else squeeze(piece, last, after, inside))
        if "<" in piece or ">" in piece:
            inside = piece.rfind("<") > piece.rfind(">")
    return "".join(out)
