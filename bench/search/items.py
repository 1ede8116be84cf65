#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists of items as a province makes them: the same base items, once for each place.

Usage: items.py NAMES.txt BASE_ITEMS PLACES >items.csv. 20,000 base items are the names of a real county list, each also in
the wordings by which such lists multiply."""
import csv
import sys

WORDINGS = ["", "（省级权限）", "（市级权限）", "（新办）", "（变更）", "（延续）", "（注销）", "（补办）", "（外资企业）", "（跨省通办）",
            "（个人）", "（企业）", "（事业单位）", "（社会组织）", "（农村）", "（试点区域）", "（首次）", "（重新申请）"]
PLACES = ["511602", "511603", "511621", "511622", "511623", "511681", "510104", "510105", "510106", "510107"]
AGENCY = "115113016823646795"
DEPARTMENTS = ["行政审批局", "人社局", "交通运输局", "公安分局", "民政局", "卫健局", "医疗保障局", "自然资源和规划局", "住建局", "农业农村局"]


def main(names, base_items, places):
    with open(names, encoding="utf-8") as file:
        lines = file.read().split("\n")[:-1]
    out = csv.writer(sys.stdout)
    out.writerow(["item_code", "name", "task_type_code", "area_code", "department"])
    for place in PLACES[:int(places)]:
        for i in range(int(base_items)):
            name = lines[i % len(lines)] + WORDINGS[i // len(lines)]
            code = f"51{i:010d}-{place}000000-000-{AGENCY}-1-00"
            out.writerow([code, name, [1, 20, 10, 7, 5][i % 5], place, DEPARTMENTS[i % len(DEPARTMENTS)]])


main(*sys.argv[1:])
