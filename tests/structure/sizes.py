#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long functions, files and headers are, and how many parameters a function has; measured with universal-ctags."""

import collections
import subprocess

import tree

FUNCTION_LINES, FUNCTION_MEDIAN, FUNCTION_P90 = 60, 12, 40
FILE_LINES, HEADER_LINES = 600, 150
PARAMETERS = 5

# What is called by a library has the parameters that the library wants.
CALLBACKS = {("runbook/runbook_reader.c", "on_start"): "startElementNsSAX2Func of libxml2"}

Function = collections.namedtuple("Function", "name path lines parameters")


def count_parameters(signature):
    """Parameters of a signature like "(int a, void (*b)(int, int))": the commas outside inner parentheses."""
    inner = signature.strip()[1:-1].strip()
    if inner in ("", "void"):
        return 0
    depth, count = 0, 1
    for character in inner:
        depth += (character == "(") - (character == ")")
        count += character == "," and depth == 0
    return count


def functions(top, sources):
    """Every function definition, as ctags sees it."""
    output = subprocess.run(
        [tree.need("ctags"), "--quiet", "--options=NONE", "--excmd=number", "--fields=+neS", "--kinds-C=f", "--language-force=C",
         "-f", "-", "-L", "-"],
        cwd=top, input="\n".join(path.as_posix() for path in sources), stdout=subprocess.PIPE, check=True, text=True).stdout
    for line in output.splitlines():
        name, path, *_, = line.split("\t")
        fields = dict(part.split(":", 1) for part in line.split("\t")[3:] if ":" in part)
        if "end" in fields:
            yield Function(name, path, int(fields["end"]) - int(fields["line"]) + 1,
                           count_parameters(fields.get("signature", "()")))


def statistics_problems(lengths):
    """The median and the 90th percentile of the program's functions (tests are long lists of assertions)."""
    lengths = sorted(lengths)
    if not lengths:
        return ["no function found"]
    median = lengths[(len(lengths) - 1) // 2]
    p90 = lengths[min(len(lengths) - 1, len(lengths) * 9 // 10)]
    print(f"{len(lengths)} functions: median {median} lines, p90 {p90}, longest {lengths[-1]}")
    problems = []
    if median > FUNCTION_MEDIAN:
        problems.append(f"functions have a median of {median} lines, more than {FUNCTION_MEDIAN}")
    if p90 > FUNCTION_P90:
        problems.append(f"functions have a 90th percentile of {p90} lines, more than {FUNCTION_P90}")
    return problems


def check(top):
    sources = tree.files(top, ".c", ".h")
    found = list(functions(top, sources))
    problems = statistics_problems([f.lines for f in found if not f.path.startswith("tests/")])
    for function in found:
        if function.lines > FUNCTION_LINES:
            problems.append(f"{function.path}: {function.name}() has {function.lines} lines, more than {FUNCTION_LINES}")
        if function.parameters > PARAMETERS and (function.path, function.name) not in CALLBACKS:
            problems.append(f"{function.path}: {function.name}() has {function.parameters} parameters, more than {PARAMETERS}")
    for path in sources + tree.files(top, ".py", ".sh"):
        lines = tree.read(top, path).count("\n")
        limit = HEADER_LINES if path.suffix == ".h" else FILE_LINES
        if lines > limit:
            problems.append(f"{path}: {lines} lines, more than {limit}")
    return problems


def function_of(lines):
    return "int planted(void)\n{\n" + "\tputs(\"\");\n" * (lines - 3) + "}\n"


def many_functions(top):
    text = "".join(f"int planted{number}(void)\n{{\n" + "\n" * 38 + "}\n" for number in range(10000))
    tree.append("logs/planted.c", text)(top)


tree.main(check, [
    ("function of 61 lines", tree.plant("logs/planted.c", function_of(61)), "logs/planted.c: planted() has 61 lines"),
    ("function of six parameters",
     tree.plant("logs/planted.c", "int planted(int a, int b, int (*c)(int, int, int), int d, int e, int f)\n{\n}\n"),
     "logs/planted.c: planted() has 6 parameters"),
    ("file of 601 lines", tree.plant("logs/planted.c", "\n" * 601), "logs/planted.c: 601 lines"),
    ("header of 151 lines", tree.plant("logs/planted.h", "\n" * 151), "logs/planted.h: 151 lines"),
    ("too many long functions: median", many_functions, "a median of 41 lines"),
    ("too many long functions: p90", many_functions, "a 90th percentile of 41 lines"),
])
