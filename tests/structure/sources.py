#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every .c file of the tree is built: what no target lists is dead code. Usage: sources.py BUILD-FOLDER"""

import json
import pathlib
import sys

import tree


def built_sources(build):
    """The sources of all targets of a configured build folder."""
    targets = json.loads((build / "meson-info" / "intro-targets.json").read_text(encoding="utf-8"))
    return {pathlib.Path(source) for target in targets for group in target["target_sources"] for source in group["sources"]}


def main():
    real_top = pathlib.Path(__file__).resolve().parents[2]
    listed = {path.resolve().relative_to(real_top) for path in built_sources(pathlib.Path(sys.argv[1]))
              if path.resolve().is_relative_to(real_top)}

    def check(top):
        problems = [] if listed else ["meson knows no source files"]
        return problems + [f"{path}: in no target of meson.build" for path in tree.files(top, ".c") if path not in listed]

    tree.main(check, [
        ("source file that nobody builds", tree.plant("logs/planted.c", "int planted;\n"), "logs/planted.c: in no target"),
    ])


main()
