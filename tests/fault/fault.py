#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The fault harness: makes faults happen to the program from outside, and compares what it says with what really happened.

usage: fault.py [short|full] [-part=NAME]… [-points=N] [-divide=N] [-seed=N] [-jobs=N] [-only=CASE]
                --program=FILE --tracer=FILE --clock=FILE --journal=FILE [--folder=DIR]

A part is a list of cases and a function that runs one. Parts are described in parts.py; controls are parts that break a rule on purpose and
fail if nothing is found. Every finding is printed with the words that run just this case again.
"""

import argparse
import collections
import contextlib
import itertools
import multiprocessing
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import parts
from oracle import CODE, DAMAGE, HARNESS, LOST, OTHER, SECOND, SLOW
from world import Tools, become_reaper, end_children

SKIPPED = 77  # what meson takes for it
TEXT_SHOWN = 800
CASES_LEAST = 10  # however much fewer are asked for
FINDINGS_SHOWN = 20  # of each part
COLUMNS = (LOST, SECOND, CODE, DAMAGE, SLOW, OTHER)

Total = collections.namedtuple("Total", "part points kinds slowest seconds skipped")

world = None  # of this worker


def case_name(part, case):
    return ":".join([part.name, *map(str, case)])


def choose(cases, points, seed):
    """So many of the cases; all of them, then again in another order, if there are fewer."""
    chance = random.Random(seed)
    chosen = []
    while cases and len(chosen) < points:
        chosen += chance.sample(cases, min(len(cases), points - len(chosen)))
    return chosen


def begin_worker(part, folder, tools, numbers):
    global world
    become_reaper()
    world = part.world(pathlib.Path(folder) / f"w{next_number(numbers)}", tools)


def next_number(numbers):
    with numbers.get_lock():
        numbers.value += 1
        return numbers.value


def run_one(task):
    """If the harness itself stumbles, the case is tried a second time: a finding is one that the program shows."""
    part, case = task
    for last in (False, True):
        try:
            counted, verdict = parts.find(part).run(world, case)
            return case, counted, verdict.findings, verdict.slowest
        except Exception as error:  # whatever it is, the others go on
            if last:
                return case, False, [(HARNESS, traceback.format_exc())], 0.0
            print(f"  the harness stumbled and tries again: {part}: {case}: {error!r}"[:TEXT_SHOWN], flush=True)


def list_in_child(part, folder, tools):
    """The cases, found in a process of its own: what a part does to its process stays there."""
    with multiprocessing.Pool(1, begin_worker, (part, folder, tools, multiprocessing.Value("i", 1000))) as pool:
        return pool.apply(list_cases, (part.name,))


def list_cases(name):
    cases = parts.find(name).list_cases(world)
    world.close()
    return cases


def show(part, case, findings, shown):
    for kind, text in findings:
        if next(shown) < FINDINGS_SHOWN:
            print(f"  {case_name(part, case)}: {kind}: {text.strip()[-TEXT_SHOWN:]}", flush=True)


def run_part(part, cases, options, folder, tools):
    begun, points, slowest = time.monotonic(), 0, 0.0
    kinds, shown = collections.Counter(), itertools.count()
    numbers = multiprocessing.Value("i", 0)
    with multiprocessing.Pool(part.workers(options.jobs), begin_worker, (part, folder, tools, numbers)) as pool:
        for case, counted, findings, seconds in pool.imap_unordered(run_one, [(part.name, case) for case in cases]):
            points += counted
            slowest = max(slowest, seconds)
            kinds.update({kind for kind, _ in findings})
            if part.control and not options.only:
                findings = [finding for finding in findings if finding[0] == HARNESS]
            show(part, case, findings, shown)
    return Total(part, points, kinds, slowest, time.monotonic() - begun, "")


def how_many(part, options):
    wanted = getattr(part, options.size)
    return options.points or max(-(-wanted // options.divide), min(wanted, CASES_LEAST))


def prepare_part(part, options, folder, tools):
    """Runs a part in folders of its own."""
    print(f"==> {part.name}: {part.about}", flush=True)
    place = folder / part.name
    place.mkdir()
    skipped = part.why_not(place / "probe", tools)
    if skipped:
        print(f"SKIPPED: {part.name}: {skipped}", flush=True)
        return Total(part, 0, collections.Counter(), 0.0, 0.0, skipped)
    cases = list_in_child(part, place, tools)
    if options.only:
        cases = [case for case in cases if case_name(part, case) == options.only]
    else:
        cases = choose(cases, how_many(part, options), options.seed)
    total = run_part(part, cases, options, place, tools)
    shutil.rmtree(place, ignore_errors=True)
    return total


def passed(total):
    """A part passes without a finding, a control only with some; none of them without a point, or if the harness stumbled."""
    return total.points > 0 and not total.kinds[HARNESS] and bool(total.kinds) == total.part.control


def verdict_of(total):
    if total.skipped:
        return "skipped"
    if not passed(total):
        return "**FAILED**"
    return "fails, as it must" if total.part.control else "ok"


def print_table(totals):
    """As it stands in the README."""
    print(f"\n| part | what happens | cases | {' | '.join(COLUMNS)} | slowest | took | verdict |")
    print("|---|---" + "|---:" * (len(COLUMNS) + 3) + "|---|")
    for total in totals:
        counts = " | ".join(str(total.kinds[kind]) for kind in COLUMNS)
        print(f"| `{total.part.name}` | {total.part.about} | {total.points:,} | {counts} | {total.slowest:.2f} s | {total.seconds:.0f} s | "
              f"{verdict_of(total)} |")


def parse_arguments():
    parser = argparse.ArgumentParser(prefix_chars="-", allow_abbrev=False)
    parser.add_argument("size", nargs="?", choices=("short", "full"), default="short")
    parser.add_argument("-part", action="append", choices=[part.name for part in parts.PARTS], default=[])
    parser.add_argument("-points", type=int)
    parser.add_argument("-divide", type=int, default=1, help="so much fewer cases: for slow builds")
    parser.add_argument("-seed", type=int, default=1)
    parser.add_argument("-jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("-only", help="PART:CASE, as findings name it")
    parser.add_argument("--folder", default="/dev/shm")
    for tool in Tools._fields:
        parser.add_argument(f"--{tool}", required=True, type=os.path.abspath)
    return parser.parse_args()


def chosen_parts(options):
    names = [options.only.partition(":")[0]] if options.only else options.part
    return [part for part in parts.PARTS if part.name in names or (not names and getattr(part, options.size))]


@contextlib.contextmanager
def work_folder(parent):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="runbook-fault-", dir=parent))
    try:
        yield folder
    finally:
        end_children()
        shutil.rmtree(folder, ignore_errors=True)


def can_trace(tools):
    """Containers often forbid it."""
    return subprocess.run([tools.tracer, "-report=/dev/null", "--", "true"], check=False).returncode == 0


def main():
    options = parse_arguments()
    tools = Tools(*(getattr(options, tool) for tool in Tools._fields))
    become_reaper()
    if not can_trace(tools):
        print("SKIPPED: ptrace is not allowed here: no fault can be made to happen")
        return SKIPPED
    with work_folder(options.folder) as folder:
        totals = [prepare_part(part, options, folder, tools) for part in chosen_parts(options)]
    print_table(totals)
    good = sum(passed(total) for total in totals if not total.skipped)
    skipped = sum(bool(total.skipped) for total in totals)
    bad = len(totals) - good - skipped
    print(f"{good} passed, {bad} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main())
