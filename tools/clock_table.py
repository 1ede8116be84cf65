#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns packs/national/calendar.csv and festivals.csv into C rows, so that the bare command line knows the calendar.
Usage: clock_table.py CALENDAR FESTIVALS OUTPUT"""
import csv
import sys

KINDS = {"off": "CLOCK_ROW_OFF", "work": "CLOCK_ROW_WORK", "from": "CLOCK_ROW_FROM", "until": "CLOCK_ROW_UNTIL"}


def date(text):
    year, month, day = (int(part) for part in text.split("-"))
    return f"{{{year}, {month}, {day}}}"


def text(value):
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{"{quoted}", {len(value.encode())}}}'


def main(calendar, festivals, output):
    lines = ["/* Made by tools/clock_table.py from packs/national; never edited. */", '#include "clock/clock_internal.h"', "",
             "const struct clock_day_row clock__builtin_days[] = {"]
    with open(calendar, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            lines.append(f"    {{{date(row['day'])}, {KINDS[row['kind']]}, {text(row['name_zh'])}, "
                         f"{text(row['name_en'])}, {'true' if row['statutory'] == 'yes' else 'false'}}},")
    lines += ["};", "const size_t clock__builtin_day_count = TB_COUNT(clock__builtin_days);", "",
              "const struct clock_festival_row clock__builtin_festivals[] = {"]
    with open(festivals, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            lines.append(f"    {{{int(row['year'])}, {date(row['spring_festival'])}, {date(row['qingming'])}, "
                         f"{date(row['dragon_boat'])}, {date(row['mid_autumn'])}}},")
    lines += ["};", "const size_t clock__builtin_festival_count = TB_COUNT(clock__builtin_festivals);", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


main(*sys.argv[1:4])
