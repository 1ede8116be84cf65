#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""synonyms.csv -> rows of C, the longest phrase first. An empty second column: a phrase that says nothing."""
import csv
import sys


def main(source, target):
    with open(source, encoding="utf-8") as file:
        rows = [(row["everyday"], row["official"]) for row in csv.DictReader(file)]
    if len({everyday for everyday, _ in rows}) != len(rows):
        sys.exit("synonyms.csv: a phrase stands there twice")
    rows.sort(key=lambda row: (-len(row[0]), row[0]))
    with open(target, "w", encoding="utf-8") as file:
        file.write("/* Generated from synonyms.csv. */\n")
        for everyday, official in rows:
            file.write(f'    {{"{everyday}", "{official}", {len(everyday.encode())}}},\n')


main(*sys.argv[1:])
