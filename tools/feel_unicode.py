#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/feel/feel_unicode.c: case mappings and block names, from Python's unicodedata and Unicode's Blocks.txt
(/usr/share/unicode/Blocks.txt, package unicode-data). Run by hand when Unicode changes; the output is committed."""
import sys


def ranges(convert):
    simple, multiple = [], []
    for point in range(0x80, 0x110000):
        if 0xD800 <= point < 0xE000:
            continue
        mapped = convert(chr(point))
        if mapped == chr(point):
            continue
        if len(mapped) == 1:
            simple.append((point, ord(mapped) - point))
        else:
            multiple.append((point, mapped))
    rows, i = [], 0
    while i < len(simple):
        j, step, delta = i, None, simple[i][1]
        while j + 1 < len(simple) and simple[j + 1][1] == delta:
            gap = simple[j + 1][0] - simple[j][0]
            if gap > 2 or step not in (None, gap):
                break
            step = gap
            j += 1
        rows.append((simple[i][0], simple[j][0], step or 1, delta))
        i = j + 1
    return rows, multiple


def table(out, name, rows, per_line, text):
    out.write(f"{name} = {{\n")
    for i in range(0, len(rows), per_line):
        out.write("    " + " ".join(text(row) for row in rows[i:i + per_line]) + "\n")
    out.write("};\n")


def main():
    blocks = []
    for line in open("/usr/share/unicode/Blocks.txt", encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line:
            span, name = line.split("; ")
            first, last = span.split("..")
            blocks.append((name.replace(" ", ""), int(first, 16), int(last, 16)))
    old = {"GreekandCoptic": "Greek", "CombiningDiacriticalMarksforSymbols": "CombiningMarksforSymbols",
           "PrivateUseArea": "PrivateUse"}
    blocks += [(old[name], first, last) for name, first, last in blocks if name in old]
    upper, upper_many = ranges(str.upper)
    lower, lower_many = ranges(str.lower)
    with open("src/feel/feel_unicode.c", "w", encoding="utf-8") as out:
        out.write("/* SPDX-License-Identifier: Apache-2.0 */\n"
                  "/* feel_unicode.c - written by tools/feel_unicode.py; do not edit. Case mappings without locale, and\n"
                  " * the blocks that regular expressions name. */\n"
                  '#include "feel/feel_unicode_internal.h"\n\n/* clang-format off */\n')
        for name, rows in (("upper", upper), ("lower", lower)):
            table(out, f"const struct feel__case_range feel__{name}[]", rows, 3,
                  lambda r: "{0x%x, 0x%x, %d, %d}," % r)
            out.write(f"const size_t feel__{name}_count = sizeof(feel__{name}) / sizeof(feel__{name}[0]);\n")
        for name, rows in (("upper", upper_many), ("lower", lower_many)):
            table(out, f"const struct feel__case_many feel__{name}_many[]", rows, 4,
                  lambda r: '{0x%x, "%s"},' % (r[0], "".join("\\%03o" % b for b in r[1].encode())))
            out.write(f"const size_t feel__{name}_many_count = sizeof(feel__{name}_many) / sizeof(feel__{name}_many[0]);\n")
        table(out, "const struct feel__block feel__blocks[]", blocks, 2, lambda r: '{"%s", 0x%x, 0x%x},' % r)
        out.write("const size_t feel__block_count = sizeof(feel__blocks) / sizeof(feel__blocks[0]);\n"
                  "/* clang-format on */\n")


sys.exit(main())
