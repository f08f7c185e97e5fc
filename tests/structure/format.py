#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every C file is as clang-format leaves it, with the .clang-format of the top folder."""

import subprocess

import tree


def check(top):
    sources = tree.files(top, ".c", ".h")
    if not sources:
        return ["no source files found"]
    result = subprocess.run([tree.need("clang-format"), "--dry-run", "-Werror", "--style=file", *map(str, sources)],
                            cwd=top, stderr=subprocess.PIPE, text=True, check=False)
    problems = [line for line in result.stderr.splitlines() if ": error: " in line]
    if result.returncode and not problems:
        problems.append(f"clang-format: exit {result.returncode}: {result.stderr}")
    return problems


tree.main(check, [
    ("spaces instead of a tab", tree.plant("logs/planted.c", "int planted(void)\n{\n    return 1;\n}\n"), "logs/planted.c:2:"),
    ("line above 120 columns", tree.plant("logs/planted.h", "int planted(" + "int parameter, " * 9 + "int last);\n"), "logs/planted.h:1:"),
])
