# SPDX-License-Identifier: Apache-2.0
"""Reads text/zh*.yaml and text/en*.yaml: one line `key: sentence` each, `"…"` where a plain scalar would not do.

A sentence may hold {name} for a value, {n|one|many} for a count in words (n = 1 takes one), **strong**, ‹kept on one
line› and [link]. Both languages must have the same keys with the same placeholders; what is missing stops the build."""
import json
import pathlib
import re
from refuse import Refused

LINE = re.compile(r"^([a-z][a-z0-9_.]*):(?: (.*))?$")
PIECE = re.compile(r"\{([a-z_]+)(?:\|([^|{}]*)\|([^|{}]*))?\}|\*\*|[‹›\[\]]")
LANGS = ("zh", "en")


def read(path):
    """The sentences of one file: {key: (text, line)}."""
    words = {}
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").split("\n"), 1):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            continue
        found = LINE.match(line)
        if not found:
            raise Refused(path, number, "a line is `key: sentence`")
        key, text = found.group(1), (found.group(2) or "").strip()
        if text.startswith('"'):
            try:
                text = json.loads(text)
            except ValueError:
                raise Refused(path, number, f"{key}: the quoted sentence does not end")
        elif text[:1] in "'&*!|>%@`[{#" and text:
            raise Refused(path, number, f"{key}: a sentence that begins with {text[0]} stands in double quotes")
        if not text:
            raise Refused(path, number, f"{key}: the sentence is missing")
        if key in words:
            raise Refused(path, number, f"{key} stands twice")
        words[key] = (text, number)
    return words


def pieces(path, number, text):
    """A sentence as a list of ("text", …), ("value", name), ("count", name, one, many), ("strong",), …"""
    out, at, strong, kept, link = [], 0, False, False, False
    for found in PIECE.finditer(text):
        if found.start() > at:
            out.append(("text", text[at:found.start()]))
        at, sign = found.end(), found.group(0)
        if sign == "**":
            strong = not strong
            out.append(("strong",) if strong else ("strong_end",))
        elif sign in "‹›":
            kept = sign == "‹"
            out.append(("kept",) if kept else ("kept_end",))
        elif sign in "[]":
            link = sign == "["
            out.append(("link",) if link else ("link_end",))
        elif found.group(2) is not None:
            out.append(("count", found.group(1), found.group(2), found.group(3)))
        else:
            out.append(("value", found.group(1)))
    if at < len(text):
        out.append(("text", text[at:]))
    if strong or kept or link:
        raise Refused(path, number, "** ‹ › [ ] come in pairs")
    if any(kind == "text" and ("{" in rest[0] or "}" in rest[0]) for kind, *rest in out):
        raise Refused(path, number, "a placeholder is {name} or {name|one|many}")
    return out


def names(parts):
    found = {part[1] for part in parts if part[0] in ("value", "count")}
    return sorted(found) + (["link"] if ("link",) in parts else [])


class Words:
    """The sentences of both languages, checked against each other."""

    def __init__(self, folder):
        raw = {lang: {} for lang in LANGS}
        for lang in LANGS:
            for path in sorted(pathlib.Path(folder).glob(f"{lang}*.yaml")):
                for key, (text, line) in read(str(path)).items():
                    if key in raw[lang]:
                        raise Refused(path, line, f"{key} stands twice, also in {raw[lang][key][2]}")
                    raw[lang][key] = (text, line, str(path))
        faults = []
        for a, b in (LANGS, LANGS[::-1]):
            faults += [f"{path}:{line}: {key} has no sentence in {b}*.yaml"
                       for key, (_, line, path) in raw[a].items() if key not in raw[b]]
        if faults:
            raise SystemExit("\n".join(faults))
        self.keys = list(raw["zh"])
        self.parts = {lang: {k: pieces(f, n, t) for k, (t, n, f) in raw[lang].items()} for lang in LANGS}
        self.names = {}
        for key in self.keys:
            zh, en = (names(self.parts[lang][key]) for lang in LANGS)
            if zh != en:
                raise Refused(raw["en"][key][2], raw["en"][key][1], f"{key}: placeholders {en}, in Chinese {zh}")
            self.names[key] = zh
