#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up meson's test logs; its last line is `N passed, N failed[, N skipped]`. Fails if anything failed or nothing ran.

usage: summary.py FAILURES TOP LOG…    FAILURES: what failed before there was a log; LOG: a testlog.json, relative to TOP
"""

import json
import pathlib
import re
import sys

LINES_SHOWN, LINE_SHOWN = 40, 250  # of a test that failed and does not speak TAP
PASSED, SKIPPED = ("OK", "EXPECTEDFAIL"), ("SKIP",)

# What a test says of a part that it skipped: a case of TAP, or a line of its own.
SKIPPED_PART = re.compile(r"^(?:ok \d+.*# SKIP|SKIPPED:)[ \t]*(.*)$", re.M)


def read_log(path):
    """The results in a log; a log that is missing or cut short (meson died) ends with a result of its own that failed."""
    results = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            results.append(json.loads(line))
    except (OSError, ValueError) as error:
        results.append({"name": "meson test", "result": f"no result: {error}"})
    return results


def skips(result):
    """Why a test was skipped (the last thing it said), or why each of its parts that were."""
    text = result.get("stdout", "") + "\n" + result.get("stderr", "")
    if result["result"] in SKIPPED:
        return (text.strip().splitlines() or ["it does not say why"])[-1:]
    return SKIPPED_PART.findall(text)


def failed_cases(result):
    """What TAP says of the cases that failed (meson itself shows only what a test says on standard error), else the last lines of all."""
    text = result.get("stdout", "")
    return re.findall(r"^not ok .*(?:\n#.*)*", text, re.M) or [f"    {line[:LINE_SHOWN]}" for line in text.splitlines()[-LINES_SHOWN:]]


def main():
    failures, top = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    passed, failed, skipped = 0, failures, 0
    for log in sys.argv[3:]:
        for result in read_log(top / log):
            name, verdict = f"{log.split('/')[0]}: {result['name']}", result["result"]
            for reason in skips(result):
                skipped += 1
                print(f"SKIPPED {name}: {reason}")
            if verdict in PASSED:
                passed += 1
            elif verdict not in SKIPPED:
                failed += 1
                print("\n".join([f"FAILED  {name}: {verdict}", *failed_cases(result)]))
    if failures:
        print(f"FAILED  {failures} stage(s) before the tests: see FAILED above")
    if passed + failed == 0:
        print("No test ran.")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(0 if passed and not failed else 1)


main()
