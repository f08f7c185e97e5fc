#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every sh and bash script passes shellcheck; every python script compiles."""

import re
import subprocess

import tree

SHELL = re.compile(r"^#!\s*(/usr)?/bin/(env\s+)?(sh|bash|dash)\b|^# shellcheck shell=")


# Shellcheck is slow: what it has read once in this process, the controls do not show it again.
known = {}


def shell_scripts(top):
    for path in tree.files(top):
        start = (top / path).read_bytes()[:4096].decode("utf-8", "replace")
        if path.suffix in (".sh", ".bash") or any(SHELL.match(line) for line in start.splitlines()[:3]):
            yield path


def compile_problem(top, path):
    try:
        compile(tree.read(top, path), str(path), "exec")
    except SyntaxError as error:
        return f"{path}:{error.lineno}: {error.msg}"
    return None


def shellcheck(top, scripts):
    if not scripts:
        return []
    result = subprocess.run([tree.need("shellcheck"), "--external-sources", "--source-path=SCRIPTDIR", "--format=gcc", *map(str, scripts)],
                            cwd=top, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode and not result.stdout:
        return [f"shellcheck: exit {result.returncode}"]
    return result.stdout.splitlines()


def check(top):
    scripts = {path: (top / path).read_bytes() for path in shell_scripts(top)}
    problems = [] if scripts else ["no shell scripts found"]
    problems += shellcheck(top, sorted(path for path, content in scripts.items() if known.get(path) != content))
    known.update(scripts)
    return problems + [p for p in (compile_problem(top, path) for path in tree.files(top, ".py")) if p]


tree.main(check, [
    ("unquoted variable in a .sh file", tree.plant("tests/planted.sh", "#!/bin/sh\nrm -rf $1/x\n"), "tests/planted.sh:2:"),
    ("unquoted variable in a script without ending", tree.plant("planted", "#!/bin/sh\nrm -rf $1/x\n"), "planted:2:"),
    ("bash words in sh", tree.plant("planted", "#!/bin/sh\nsource /dev/null\n"), "planted:2:"),
    ("python that does not compile", tree.plant("tests/planted.py", "import os\nif os\n"), "tests/planted.py:2:"),
])
