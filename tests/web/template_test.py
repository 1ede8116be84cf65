# SPDX-License-Identifier: Apache-2.0
"""The template compiler: what it refuses, how it escapes, how it lays out text, and how it checks sentences."""
import os
import pathlib
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("TB_SOURCE", pathlib.Path(__file__).parents[2]))
sys.path.insert(0, str(SOURCE / "tools" / "template"))
sys.dont_write_bytecode = True
import emit  # noqa: E402
from parse import Parser  # noqa: E402
from refuse import Refused  # noqa: E402
from words import Words, pieces  # noqa: E402

ZH = "a.plain: 好\na.value: 有{n}个，{name}\na.link: 看[这里]\n"
EN = "a.plain: Good\na.value: \"{n|thing|things} of {name}\"\na.link: See [here]\n"


def words_of(zh=ZH, en=EN):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("zh", zh), ("en", en)):
            (pathlib.Path(folder) / f"{name}.yaml").write_text(text, encoding="utf-8")
        return Words(folder)


def compiled(page, **components):
    """The C code of one page, with the components given by name."""
    parts = {name.replace("_", "-"): Parser(name + ".html", name.replace("_", "-"), text).parse()
             for name, text in components.items()}
    pages = {"page": Parser("page.html", "page", "{{title (t a.plain)}}" + page).parse()}
    emitter = emit.Emitter(parts, pages, words_of())
    emitter.all()
    return emit.write_templates(emitter)


REFUSED = {
    "an unquoted attribute": "<a class={{x}}>b</a>",
    "a single-quoted attribute": "<a class='b'>c</a>",
    "a value as attribute name": "<a {{x}}>b</a>",
    "a value as element name": "<{{x}}>b</a>",
    "a value in a script": '<script src="/a.js">{{x}}</script>',
    "script text": '<script src="/a.js">alert(1)</script>',
    "a script without src": "<script></script>",
    "a style element": "<style>b {}</style>",
    "a style attribute": '<p style="color: red">b</p>',
    "an event attribute": '<p onclick="x()">b</p>',
    "an event attribute with capitals": '<p onClick="x()">b</p>',
    "htmx's event attribute": '<p hx-on:click="x()">b</p>',
    "htmx's values as script": '<p hx-vals="js:{}">b</p>',
    "srcdoc": '<iframe srcdoc="x"></iframe>',
    "an object": '<object data="x"></object>',
    "a base": '<base href="/">',
    "a script address": '<a href="javascript:x()">b</a>',
    "a script address in capitals": '<a href="JavaScript:x()">b</a>',
    "a data address": '<img src="data:text/html,x" alt="">',
    "an address without scheme": '<a href="//other.example/">b</a>',
    "a refresh": '<meta http-equiv="refresh" content="0">',
    "an element left open": "<div><p>a</p>",
    "an element closed twice": "<p>a</p></p>",
    "crossed elements": "<b><i>a</b></i>",
    "an element opened in one branch": "{{#if x}}<div>{{/if}}</div>",
    "branches that end differently": '<p{{#if x}} class="a"{{else}}>{{/if}}></p>',
    "an if without end": "{{#if x}}a",
    "an end without if": "a{{/if}}",
    "a twofold attribute": '<p class="a" class="b">c</p>',
    "an HTML comment": "<!-- a -->",
    "a bare less-than": "<p>a < b</p>",
    "an empty div closed in XML's way": "<div/>",
    "an image without alt": '<img src="/a.png">',
    "a button without type": "<button>a</button>",
    "a filter that does not exist": "{{x|shout}}",
    "a sentence that does not exist": "{{t no.such}}",
    "a sentence without its values": "{{t a.value n=x}}",
    "a sentence with too many values": "{{t a.plain n=x}}",
    "a sentence as an address": '<a href="{{t a.plain}}">b</a>',
    "words of its own": '{{"hello"}}',
    "a component that does not exist": "{{> nothing}}",
    "a component without its parameter": "{{> one}}",
    "a component with a strange parameter": "{{> one a=x b=x}}",
    "a component inside an attribute": '<p class="{{> one a=x}}"></p>',
    "an unknown tag": "{{#while x}}{{/while}}",
    "an unknown call": "{{(run x)}}",
    "rest behind a value": "{{x y}}",
}


class Compiler(unittest.TestCase):
    def test_every_dangerous_or_broken_template_is_refused_with_file_and_line(self):
        for what, text in REFUSED.items():
            with self.subTest(what):
                with self.assertRaisesRegex(Refused, r"^page\.html:\d+: "):
                    compiled(text, one="{{params a}}<p>{{a}}</p>")

    def test_a_component_sees_its_parameters_only(self):
        with self.assertRaisesRegex(Refused, "neither a parameter"):
            compiled("{{#let x=y}}{{> one a=x}}{{/let}}", one="{{params a}}<p>{{x}}</p>")

    def test_components_that_call_in_a_circle_are_refused(self):
        with self.assertRaisesRegex(Refused, "circle"):
            compiled("{{> one}}", one="{{> two}}", two="{{> one}}")

    def test_the_escaper_follows_the_place(self):
        code = compiled('<p class="{{a}}">{{b}}</p><a href="{{c}}">x</a><a href="/x/{{d}}?e={{f}}">y</a>')
        self.assertIn('web__put(out, web__text(out, web__get(data, "a")));', code)
        self.assertIn('web__put(out, web__text(out, web__get(data, "b")));', code)
        self.assertIn('web__put_url(out, web__text(out, web__get(data, "c")));', code)
        self.assertIn('web__put_url_part(out, web__text(out, web__get(data, "d")));', code)
        self.assertIn('web__put_url_part(out, web__text(out, web__get(data, "f")));', code)

    def test_an_address_that_follows_a_branch_is_still_checked(self):
        code = compiled('<a href="{{#if a}}{{/if}}{{b}}">x</a>')
        self.assertIn('web__put_url(out, web__text(out, web__get(data, "b")));', code)

    def test_a_body_sees_the_names_of_its_caller(self):
        code = compiled("{{#each list as x}}{{#> box a=x}}<i>{{x.b}}</i>{{/>}}{{/each}}",
                        box="{{params a}}<p>{{a}}{{@body}}</p>")
        self.assertRegex(code, r'web__put\(out, web__text\(out, web__get\(v\d+_x, "b"\)\)\)')

    def test_line_ends_between_elements_go_and_between_words_stay(self):
        code = compiled("<ul>\n  <li>one\n  two</li>\n  <li>中\n文</li>\n</ul>\n<b>a</b> <i>b</i>")
        self.assertIn("<ul><li>one two</li><li>\\344\\270\\255\\346\\226\\207</li></ul><b>a</b> <i>b</i>", code)

    def test_attributes_on_lines_of_their_own_stay_apart(self):
        code = compiled('<a class="a"\n   href="/b">c</a>')
        self.assertIn('<a class=\\"a\\" href=\\"/b\\">c</a>', code)


class Sentences(unittest.TestCase):
    def refuse(self, zh, en, pattern):
        with self.assertRaisesRegex((Refused, SystemExit), pattern):
            words_of(zh, en)

    def test_a_sentence_missing_in_one_language_stops_the_build(self):
        self.refuse("a.b: 好\na.c: 坏\n", "a.b: Good\n", "a.c has no sentence in en")

    def test_all_missing_sentences_are_named_at_once(self):
        self.refuse("a.b: 好\na.c: 坏\n", "a.d: Good\n", "(?s)a.b.*a.c.*a.d")

    def test_placeholders_must_agree(self):
        self.refuse("a.b: 有{n}个\n", "a.b: There are {m}\n", "placeholders")

    def test_a_key_stands_once(self):
        self.refuse("a.b: 好\na.b: 好\n", "a.b: Good\n", "twice")

    def test_an_empty_sentence_is_missing(self):
        self.refuse("a.b:\n", "a.b: Good\n", "missing")

    def test_a_broken_placeholder_is_named(self):
        for text in ("{N}", "{a", "a}", "{a|b}", "{a|b|c|d}"):
            with self.subTest(text), self.assertRaises(Refused):
                pieces("zh.yaml", 1, text)

    def test_marks_come_in_pairs(self):
        for text in ("**a", "‹a", "[a"):
            with self.subTest(text), self.assertRaises(Refused):
                pieces("zh.yaml", 1, text)

    def test_a_count_knows_one_and_many(self):
        self.assertEqual(pieces("en.yaml", 1, "{n|day|days} left"),
                         [("count", "n", "day", "days"), ("text", " left")])


if __name__ == "__main__":
    unittest.main()
