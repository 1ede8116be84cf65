#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""divisions.csv -> rows of C: six digits and the name with its city, as people write an address (广安市广安区)."""
import csv
import sys

PSEUDO = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def main(source, target):
    with open(source, encoding="utf-8") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    lines = []
    for code, name in sorted(names.items()):
        province, city = names.get(code[:2] + "0000", ""), names.get(code[:4] + "00", "")
        if code.endswith("0000"):
            full = name
        elif code.endswith("00"):
            full = province if name in PSEUDO else name
        else:
            above = province if city in PSEUDO or not city else city
            full = above if name == city else above + name
        lines.append(f'    {{{int(code)}, "{full}"}},')
    with open(target, "w", encoding="utf-8") as file:
        file.write("/* Generated from divisions.csv. */\n" + "\n".join(lines) + "\n")


main(*sys.argv[1:])
