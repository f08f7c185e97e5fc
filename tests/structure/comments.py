#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Headers are the specification: every function that one declares is spoken of there.

A declaration is covered by a comment directly above it, or above the group of declarations it stands in (no blank line between), by one on its
own line, or by a comment anywhere in the header that names it. The names init, new, release, clear and free mean the same everywhere and need
none. Each source file says its licence on its first line, each header is included once.
"""

import re

import tree

DECLARATION = re.compile(r"^(?!\s|static\b|typedef\b|#|extern\b)[^;{}=#]*?\b(\w+)\(", re.M)
KNOWN = re.compile(r"_(init|new|release|clear|free)$")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def declared_functions(code):
    """Yields (offset, name) of each function declared at the outermost level of a header without comments."""
    for match in DECLARATION.finditer(code):
        yield match.start(), match.group(1)


def group_start(lines, line):
    """The first line of the run of non-blank lines that `line` is in; 0-based."""
    while line > 0 and lines[line - 1].strip():
        line -= 1
    return line


def header_problems(top, path):
    text = tree.read(top, path)
    code = tree.without_comments(text)
    comments = " ".join(COMMENT.findall(text))
    text_lines = text.splitlines()
    for offset, name in declared_functions(code):
        line = code.count("\n", 0, offset)
        group = "\n".join(text_lines[group_start(text_lines, line):line + 1])
        if not KNOWN.search(name) and "*/" not in group and not re.search(rf"\b{name}\b", comments):
            yield f"{path}:{line + 1}: {name}() has no comment"


def check(top):
    sources = tree.files(top, ".c", ".h")
    headers = [path for path in sources if path.suffix == ".h" and tree.layer_folder(path) in tree.LAYERS]
    problems = [] if headers else ["no headers found"]
    for path in headers:
        problems.extend(header_problems(top, path))
    for path in sources:
        text = tree.read(top, path)
        if not text.startswith("// SPDX-License-Identifier: MIT\n"):
            problems.append(f"{path}:1: does not start with the licence")
        if path.suffix == ".h" and "\n#pragma once\n" not in text:
            problems.append(f"{path}: no #pragma once")
    return problems


HEADER = "// SPDX-License-Identifier: MIT\n#pragma once\n\n"

tree.main(check, [
    ("declaration without a comment", tree.plant("logs/planted.h", HEADER + "/* Says. */\nint said(void);\n\nconst char *planted(int a,\n\t\t    int b);\n"),
     "logs/planted.h:7: planted() has no comment"),
    ("no licence", tree.plant("logs/planted.c", "int planted;\n"), "logs/planted.c:1: does not start with the licence"),
    ("no #pragma once", tree.plant("logs/planted.h", "// SPDX-License-Identifier: MIT\n"), "logs/planted.h: no #pragma once"),
])
