#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nothing is left open in the tree, and nothing of it depends on one developer's machine."""

import re

import tree

# Spelled apart, so that this file does not find itself.
MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
HOME = re.compile(r"(?<![\w.])/(root|home/(?!\$)\w+)/")


def check(top):
    problems = []
    for path in tree.files(top):
        for number, line in enumerate(tree.read(top, path).splitlines(), 1):
            if MARKS.search(line):
                problems.append(f"{path}:{number}: left open: {line.strip()}")
            if HOME.search(line):
                problems.append(f"{path}:{number}: a path of one machine: {line.strip()}")
    return problems


tree.main(check, [
    ("something left open", tree.append("meson.build", "\n# TO" "DO: later\n"), "left open: # TO" "DO: later"),
    ("a home folder", tree.plant("tests/planted.sh", "cd /ho" "me/alice/src\n"), "tests/planted.sh:1: a path of one machine"),
])
