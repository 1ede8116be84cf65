#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what STYLE.md asks for and a program can see. Prints file:line: what is wrong and what to do; exit 1 if any.

Run from the project's root. Exceptions to sizes stand in tools/large.txt: `path[:function] reason`."""
import fnmatch
import re
import subprocess
import sys
from pathlib import Path

FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
BANNED = {
    "strcpy": "tb_str_copy", "strcat": "tb_buf", "sprintf": "tb_printf or snprintf", "vsprintf": "vsnprintf",
    "strtok": "tb_str_cut", "atoi": "tb_str_to_int", "atol": "tb_str_to_int", "atof": "tb_dec_parse",
    "rand": "struct tb_env", "srand": "struct tb_env", "random": "struct tb_env", "time": "struct tb_env",
    "gettimeofday": "struct tb_env", "localtime": "tb_instant_day", "localtime_r": "tb_instant_day",
    "gmtime": "tb_date_from_days", "getenv": "an option of the command line", "setlocale": "nothing: no locale is used",
    "alloca": "an arena", "gets": "read", "system": "posix_spawn", "strlwr": "tb_str_lower_ascii",
}
# Where the outside world is let in.
OUTSIDE = {"time", "getenv", "gettimeofday", "setlocale", "system"}
faults = []


def fault(path, line, text):
    faults.append(f"{path}:{line}: {text}")


def tracked(pattern):
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *pattern],
                         capture_output=True, text=True, check=True).stdout
    return [Path(p) for p in out.splitlines() if Path(p).is_file()]


def without_comments(text):
    """The code with comments and texts blanked, line by line as before."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0)) if match.group(0).startswith("/") else '""' + "\n" * match.group(0).count("\n")
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def read_layers():
    layers = {}
    for line in Path("tools/layers.txt").read_text().splitlines():
        name, below = line.split(":")
        for other in below.split():
            if other not in layers:
                fault("tools/layers.txt", len(layers) + 1, f"{name} stands on {other}, which is not below it")
        layers[name] = set(below.split()) | {name}
    return layers


def reachable(layers, name):
    seen, todo = set(), [name]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += layers.get(one, ())
    return seen


def check_includes(path, text, layers):
    parts = path.parts
    if parts[0] != "src" or len(parts) < 3:
        return
    module = parts[1]
    if module not in layers:
        fault(path, 1, f"module {module} is not in tools/layers.txt")
        return
    may = reachable(layers, module)
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^"/]+)/([^"]+)"', line)
        if not match or match.group(1) == module or match.group(1) not in layers:
            continue
        other, header = match.groups()
        if other not in may:
            fault(path, number, f"{module} may not know {other}: see tools/layers.txt")
        elif header not in (f"{other}.h", "limits.h", "errors.def"):
            fault(path, number, f"only {other}/{other}.h crosses a module border")


def check_words(path, text, code):
    is_table = False  # fenced from the formatter: a row is one line, however long
    for number, line in enumerate(text.splitlines(), 1):
        if "clang-format off" in line or "clang-format on" in line:
            is_table = "clang-format off" in line
        if re.search(r"\b(FIXME|XXX|HACK|TODO)\b", line):
            fault(path, number, "unfinished by its own words: do it, or describe the limit in the documentation")
        if len(line.expandtabs(4)) > 120 and not is_table:
            fault(path, number, f"{len(line)} characters: break the line")
    for number, line in enumerate(code.splitlines(), 1):
        for name in re.findall(r"(?<![\w.>])(\w+)\s*\(", line):
            if name in BANNED and not (name in OUTSIDE and (path.parts[1:2] == ("cli",) or path.parts[0] in ("tests", "bench"))):
                fault(path, number, f"{name}: use {BANNED[name]}")
        if "_Decimal128" in line:
            fault(path, number, "_Decimal128 clashes with the decimal library: use tb_dec")


def check_writes(path, text):
    if path.parts[:2] == ("src", "store") or path.parts[0] != "src":
        return
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r'"\s*(INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|DROP |ALTER )', line):
            fault(path, number, "only store writes: use store_insert, store_update or store_delete")


def check_sizes(files, large):
    for path in files:
        count = path.read_text(encoding="utf-8").count("\n")
        if count > FILE_LINES_MAX and str(path) not in large:
            fault(path, 1, f"{count} lines, {FILE_LINES_MAX} are the limit: split by idea")
    out = subprocess.run(["ctags", "-L", "-", "--languages=C", "--kinds-C=f", "--fields=+ne", "-f", "-"],
                         input="\n".join(map(str, files)), capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        fields = line.split("\t")
        numbers = {k: int(v) for k, v in (f.split(":", 1) for f in fields[3:] if re.match(r"(line|end):\d+$", f))}
        length = numbers.get("end", 0) - numbers.get("line", 0) + 1
        if length > FUNCTION_LINES_MAX and f"{fields[1]}:{fields[0]}" not in large:
            fault(fields[1], numbers["line"], f"{fields[0]} has {length} lines, {FUNCTION_LINES_MAX} are the limit")


def check_documented(path, text):
    """A public declaration stands under a comment, in a group opened by one, or carries one behind it."""
    documented = False
    depth = 0
    in_comment = False
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if in_comment or stripped.startswith("/*"):
            in_comment = "*/" not in stripped
            documented = documented or not stripped.startswith("/* ----")
            continue
        if not stripped:
            documented = False
            continue
        declares = depth == 0 and re.match(r"^(?!#|\s|typedef\s+enum|}|extern \"C\")[\w].*", line)
        if declares and not documented and "/*" not in line and re.search(r"[({]", line):
            fault(path, number, "a public declaration without a word on what it does and who owns what")
        if "/*" in line or re.match(r"^\s*#", line):
            documented = documented or "/*" in line
        depth += line.count("{") - line.count("}")


def check_mirror(sources, tests, mirror):
    names = {p.stem for p in tests}
    for path in sources:
        if f"{path.stem}_test" in names or any(fnmatch.fnmatch(str(path), pattern) for pattern in mirror):
            continue
        fault(path, 1, f"no tests/{path.parts[1]}/{path.stem}_test.c; write it, or name in tools/mirror.txt what covers this file")


def listed(name):
    path = Path("tools") / name
    rows = [line.split(None, 1) for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"] \
        if path.exists() else []
    for number, row in enumerate(rows, 1):
        if len(row) < 2:
            fault(path, number, "an exception needs its reason")
    return {row[0] for row in rows}


def main():
    layers = read_layers()
    large, mirror = listed("large.txt"), listed("mirror.txt")
    sources = tracked(["src/*.c", "src/*.h", "tests/*.c", "tests/*.h", "bench/*.c", "tools/*.c"])
    for path in sources:
        text = path.read_text(encoding="utf-8")
        code = without_comments(text)
        if "SPDX-License-Identifier" not in text.split("\n", 1)[0] and path.suffix == ".c":
            fault(path, 1, "the first line is /* SPDX-License-Identifier: Apache-2.0 */")
        check_includes(path, text, layers)
        check_words(path, text, code)
        check_writes(path, text)
        if path.parts[0] == "src" and path.name == f"{path.parts[1]}.h":
            check_documented(path, text)
    check_sizes([p for p in sources], large)
    check_mirror([p for p in sources if p.parts[0] == "src" and p.suffix == ".c" and len(p.parts) == 3],
                 [p for p in sources if p.parts[0] == "tests"], mirror)
    print("\n".join(faults))
    print(f"style: {len(sources)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
