# SPDX-License-Identifier: MIT
"""What the structure tests share: reading the source tree, and proving that a check can fail.

A check is a function from the top folder of a tree to a list of problems. `main` runs it on the real tree, where it must find nothing,
and then once for each control: on a copy of the tree with one violation planted, where it must find a problem with the expected words.
"""

import contextlib
import io
import pathlib
import re
import shutil
import sys
import tempfile

SKIPPED = 77  # what meson takes for "skipped"

LAYERS = {"runbook/base": 0, "runbook": 1, "packages": 1, "logs": 1, "steps": 2, "engine/supervisor": 2, "engine": 3, "engine/commands": 4}


def is_left_out(top, path):
    """Build folders and what tools leave behind: untracked, whatever their content."""
    relative = path.relative_to(top)
    first = relative.parts[0]
    return first == ".git" or (first.startswith("build") and path.is_dir()) or "__pycache__" in relative.parts


def files(top, *suffixes):
    """The tree's files with one of these endings (all, without any), as sorted paths relative to the top."""
    found = []
    pending = [top]
    while pending:
        for path in pending.pop().iterdir():
            if is_left_out(top, path) or path.is_symlink():
                continue
            if path.is_dir():
                pending.append(path)
            elif not suffixes or path.suffix in suffixes:
                found.append(path.relative_to(top))
    return sorted(found)


def read(top, path):
    return (top / path).read_text(encoding="utf-8", errors="replace")


def layer_folder(path):
    """The layer folder that a source file belongs to, "tests", or None for a file that belongs nowhere."""
    for folder in (path.parent, *path.parent.parents):
        if folder.as_posix() in LAYERS:
            return folder.as_posix()
    return "tests" if path.parts[0] == "tests" else None


def without_comments(text):
    """C source with each comment replaced by its newlines, so that line numbers stay."""
    return re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), text, flags=re.S)


def plant(path, text):
    """A control that writes `text` into a file that does not exist yet."""

    def apply(top):
        target = top / path
        assert not target.exists(), f"{path} exists already"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    return apply


def append(path, text):
    """A control that adds `text` to a file of the tree."""

    def apply(top):
        with open(top / path, "a", encoding="utf-8") as file:
            file.write(text)

    return apply


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def need(tool):
    """The path of a program that the check cannot do without."""
    return shutil.which(tool) or skip(f"{tool} is not installed")


def run_control(check, top, name, apply, expected):
    """Returns what is wrong with the check itself, or None: a planted violation that it does not name."""
    with tempfile.TemporaryDirectory(prefix="runbook-structure-") as folder:
        copy = pathlib.Path(folder) / "tree"
        shutil.copytree(top, copy, symlinks=True,
                        ignore=lambda at, names: [n for n in names if is_left_out(top, pathlib.Path(at) / n)])
        apply(copy)
        with contextlib.redirect_stdout(io.StringIO()):
            problems = check(copy)
    if any(expected in problem for problem in problems):
        return None
    return f"the control '{name}' was not noticed: no problem with '{expected}' in {problems}"


def main(check, controls):
    """Runs the check and its controls on the tree that this file is part of; ends the process."""
    top = pathlib.Path(__file__).resolve().parents[2]
    problems = check(top)
    for name, apply, expected in controls:
        missed = run_control(check, top, name, apply, expected)
        print(f"control: {name}: {'MISSED' if missed else 'noticed'}")
        if missed:
            problems.append(missed)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    sys.exit(1 if problems else 0)
