# SPDX-License-Identifier: MIT
"""Calls that fail: each error that a call can give, at every such call of engine, supervisor and starter; once, or from then on for ever.

The command may fail, but only as itself: with an exit code that says so, a message, and nothing that is not true.
"""

import collections
import re

import oracle
import scenarios

Case = collections.namedtuple("Case", "scenario role point errno repeat")

SCENARIOS = ("plain", "talking", "retry", "rerun", "import", "resume-never-ran", "resume-finished", "resume-running", "resume-lost",
             "decide-rerun", "decide-complete")
ERRORS = ("ENOSPC", "EIO", "EMFILE", "ENOMEM", "EINTR")
ROLES = ("engine", "nursery", "supervisor", "starter")
# Nobody is interrupted for ever.
REPEATS = {"EINTR": ("once",)}
CODES = (0, 1, 4, 8)


def list_cases(world):
    cases = []
    for name in SCENARIOS:
        scenario = scenarios.find(name)
        for errno in ERRORS:
            scenarios.load(world, scenario)
            _, report = world.trace([f"-points={errno}"], scenarios.command(world, scenario))
            for role in ROLES:
                for point in range(1, report.points[role] + 1):
                    cases += [Case(name, role, point, errno, repeat) for repeat in REPEATS.get(errno, ("once", "call", "all"))]
    return cases


def check_command(world, case, verdict, result):
    """The command may have failed, but it must have said so, and why."""
    if result.code == -6 and case.errno == "ENOMEM" and re.search("out of memory|failed to allocate", result.err):
        return
    verdict.expect(result.code in CODES, oracle.CODE, f"the command itself: exit {result.code}: {result.err}")
    if result.code == 0 and case.scenario != "import":
        states = set(world.states().values())
        verdict.expect(states <= {"Completed", "Skipped"}, oracle.CODE, f"exit 0, but states are {states}")
    elif result.code == 1:
        verdict.expect(re.search(r"\w: \w", result.err), oracle.OTHER, f"the message says nothing: {result.err!r}")


def residue(world):
    """Temporary files that nobody will remove."""
    names = [path.name for path in world.now.rglob("*") if path.name.endswith((".new", ".tmp")) or ".partial" in path.name]
    return [name for name in names if name not in ("outcome.tmp", "started.tmp", "log.tmp")]


def run_case(world, case, lies=()):
    scenario = scenarios.find(case.scenario)
    verdict = oracle.Verdict()
    scenarios.load(world, scenario)
    result, report = world.trace([f"-points={case.errno}", f"-at={case.role}:{case.point}", f"-error={case.repeat}", *lies],
                                 scenarios.command(world, scenario))
    facts = oracle.facts_on_disk(world, scenario, result.out)
    check_command(world, case, verdict, result)
    if scenario.verb == "import":
        oracle.import_again(world, verdict, result.code == 0)

    def may_be_unknown(step):
        return step in facts.unknown or (scenario.unknown and step == scenario.open_step)

    asked = oracle.settle(world, scenario, verdict, may_be_unknown, may_fail=True)
    oracle.check_end(world, scenario, verdict, oracle.acknowledged(result.out), asked)
    left = residue(world)
    verdict.expect(not left, oracle.OTHER, f"left behind: {left}")
    return bool(report.fired), verdict
