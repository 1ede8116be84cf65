# SPDX-License-Identifier: Apache-2.0
"""Follows HTML closely enough to know, at every {{tag}}, what a value put there would be read as.

The states are those of the WHATWG tokenizer that our templates can be in. What could run as script, load from another
site, or be read in two ways is refused outright: unquoted attributes, style and on* attributes, script and style
elements with content, elements left open at the end of a block."""
from refuse import Refused

VOID = set("area br col hr img input link meta source track wbr".split())
SVG_EMPTY = set("path circle rect line polyline polygon ellipse use stop".split())
FORBIDDEN = set("base iframe object embed frame frameset applet style noembed plaintext xmp".split())
RCDATA = {"title", "textarea"}
URL_ATTRIBUTES = set("href src action formaction poster cite srcset data hx-get hx-post hx-push-url xlink:href".split())
HX_ALLOWED = set("hx-get hx-post hx-target hx-swap hx-select hx-trigger hx-push-url hx-indicator hx-boost hx-include"
                 " hx-select-oob hx-sync hx-disinherit hx-preserve".split())
SCHEMES = ("http://", "https://", "mailto:", "tel:")
BLANK = " \t\r\n"
STRUCTURAL = set("html head body main header footer nav section article aside form table thead tbody tr td th ul ol li dl"
                 " dt dd div p h1 h2 h3 h4 h5 h6 fieldset legend label select option optgroup details summary figure"
                 " blockquote hr input link meta script title picture source svg caption button textarea".split())


class Position:
    """Where in the HTML we are. Copied at the start of a block and compared at its end."""

    def __init__(self):
        self.state = "data"
        self.open = ()          # names of open elements, outermost first
        self.element = ""       # of the tag being read
        self.closing = False
        self.attributes = frozenset()
        self.attribute = ""
        self.value = ""         # of the attribute so far; "\0" stands for a value put in

    def copy(self):
        other = Position()
        other.__dict__.update(self.__dict__)
        return other

    def same_as(self, other):
        a, b = dict(self.__dict__), dict(other.__dict__)
        for ignored in ("attributes", "closing", "attribute", "value") if self.state == "between" else ():
            a.pop(ignored), b.pop(ignored)
        if self.state in ("data", "rcdata"):
            return self.state == other.state and self.open == other.open
        if self.state == "value":
            a.pop("value"), b.pop("value")
        return a == b


class Reader:
    """Reads the literal text of one template, piece by piece, and keeps its Position."""

    def __init__(self, file):
        self.file = file
        self.at = Position()

    def refuse(self, line, text):
        raise Refused(self.file, line, text)

    def literal(self, text, line):
        i = 0
        while i < len(text):
            i = getattr(self, "read_" + self.at.state)(text, i, line + text.count("\n", 0, i))

    def read_data(self, text, i, line):
        if text[i] != "<":
            return i + 1
        if text.startswith("<!doctype html>", i):
            return i + len("<!doctype html>")
        if text.startswith("<!", i):
            self.refuse(line, "comments are written {{! … }}, so that they stay out of the page")
        self.at.closing = text.startswith("</", i)
        j = i + (2 if self.at.closing else 1)
        k = j
        while k < len(text) and (text[k].isalnum() or text[k] in "-:"):
            k += 1
        name = text[j:k]
        if not name or not (name[0].isascii() and name[0].islower()):
            self.refuse(line, "a bare < in text is written &lt;; element names are small letters")
        if name in FORBIDDEN:
            self.refuse(line, f"<{name}> is not allowed in a template")
        self.at.element, self.at.attributes, self.at.state = name, frozenset(), "between"
        return k

    def read_rcdata(self, text, i, line):
        end = "</" + self.at.open[-1] + ">"
        if text.startswith(end, i):
            self.at.open, self.at.state = self.at.open[:-1], "data"
            return i + len(end)
        if text[i] == "<":
            self.refuse(line, f"a bare < inside <{self.at.open[-1]}>")
        return i + 1

    def read_between(self, text, i, line):
        if text[i] in BLANK:
            return i + 1
        if text[i] == ">":
            self.tag_ends(line, False)
            return i + 1
        if text.startswith("/>", i):
            self.tag_ends(line, True)
            return i + 2
        if self.at.closing:
            self.refuse(line, f"</{self.at.element}> takes no attributes")
        j = i
        while j < len(text) and (text[j].isalnum() or text[j] in "-:_"):
            j += 1
        if j == i:
            self.refuse(line, f"{text[i]!r} cannot begin an attribute")
        self.attribute_begins(text[i:j], line)
        return self.attribute_value(text, j, line)

    def attribute_begins(self, name, line):
        lower = name.lower()
        if lower.startswith("on") or lower.startswith("hx-on"):
            self.refuse(line, f"{name}: a page holds no script; use an element of the page's own script file")
        if lower in ("style", "srcdoc", "http-equiv", "nonce", "ping"):
            self.refuse(line, f"{name}: not allowed in a template; use a class")
        if lower.startswith("hx-") and lower not in HX_ALLOWED:
            self.refuse(line, f"{name}: not one of the htmx attributes in use here")
        if lower in self.at.attributes:
            self.refuse(line, f"{name} stands twice in <{self.at.element}>")
        self.at.attributes = self.at.attributes | {lower}
        self.at.attribute, self.at.value = lower, ""

    def attribute_value(self, text, j, line):
        if j < len(text) and text[j] == "=":
            if j + 1 >= len(text) or text[j + 1] != '"':
                self.refuse(line, f'{self.at.attribute}: attribute values stand in double quotes')
            self.at.state = "value"
            return j + 2
        return j

    def read_value(self, text, i, line):
        if text[i] == '"':
            self.value_ends(line)
            self.at.state = "between"
            return i + 1
        if text[i] == "<":
            self.refuse(line, f"{self.at.attribute}: a < in an attribute is written &lt;")
        self.at.value += text[i]
        return i + 1

    def value_ends(self, line):
        value = self.at.value.strip().lower()
        if self.at.attribute not in URL_ATTRIBUTES or value.startswith("\0"):
            return
        colon, slash = value.find(":"), value.find("/")
        if colon >= 0 and (slash < 0 or colon < slash) and not value.startswith(SCHEMES) and not value.startswith("#"):
            self.refuse(line, f"{self.at.attribute}: only http, https, mailto, tel and addresses of our own")
        if value.startswith("//"):
            self.refuse(line, f"{self.at.attribute}: an address beginning with // leaves the site")

    def tag_ends(self, line, slash):
        name = self.at.element
        if self.at.closing:
            self.element_closes(name, line)
            return
        self.required_attributes(name, line)
        if slash and name not in VOID | SVG_EMPTY:
            self.refuse(line, f"<{name}/> does not close in HTML; write <{name}></{name}>")
        if not slash and name not in VOID:
            self.at.open += (name,)
        self.at.state = "rcdata" if name in RCDATA else "script" if name == "script" else "data"

    def required_attributes(self, name, line):
        has = self.at.attributes
        if name == "img" and "alt" not in has:
            self.refuse(line, "<img> needs an alt, empty when the picture says nothing")
        if name == "script" and "src" not in has:
            self.refuse(line, "<script> needs a src: no script stands in a page")
        if name == "button" and "type" not in has:
            self.refuse(line, "<button> needs a type: submit or button")

    def read_script(self, text, i, line):
        if text.startswith("</script>", i):
            self.at.open, self.at.state = self.at.open[:-1], "data"
            return i + len("</script>")
        self.refuse(line, "<script> must be empty: no script stands in a page")

    def element_closes(self, name, line):
        if not self.at.open or self.at.open[-1] != name:
            inner = f"<{self.at.open[-1]}>" if self.at.open else "nothing"
            self.refuse(line, f"</{name}> closes {inner}")
        self.at.open, self.at.state = self.at.open[:-1], "data"

    def context(self, line, what):
        """How a value put here must be escaped: "text", "attribute", "url" (whole) or "urlpart"."""
        at = self.at
        if at.state in ("data", "rcdata"):
            return "text" if at.state == "data" else "plain"
        if at.state != "value":
            self.refuse(line, f"{what} stands where HTML has names; only text and quoted attributes take values")
        if at.attribute not in URL_ATTRIBUTES:
            at.value += "\0"
            return "attribute"
        context = "url" if at.value.strip() == "" else "urlpart"
        at.value += "\0"
        return context

    def may_branch(self, line, what):
        if self.at.state not in ("data", "rcdata", "between", "value") or self.at.closing and self.at.state == "between":
            self.refuse(line, f"{what} cannot stand here")


def squeeze(text, before, after, inside):
    """Blanks that hold a line end are the template's layout, not the page's text: between tags they go; between two
    words, and within a tag, one stays. before and after: the neighbours of this piece; inside: it begins within a tag."""
    out, i = [], 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] in BLANK:
            j += 1
        if j == i:
            inside = text[i] == "<" or inside and text[i] != ">"
            out.append(text[i])
            i += 1
            continue
        run = text[i:j]
        left = text[i - 1] if i else before
        right = text[j] if j < len(text) else after
        if "\n" not in run or inside and right not in "/>":
            out.append(" ")
        elif left.isascii() and left.isalnum() and right.isascii() and right.isalnum():
            out.append(" ")
        i = j
    return "".join(out)
