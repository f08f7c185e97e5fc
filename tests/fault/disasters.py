# SPDX-License-Identifier: MIT
"""The world breaks under a run that lives on: the disk is full, gone, suddenly read-only; the package is deleted.

Unlike in errors.py everybody is hit, the steps too, and every call.
"""

import collections
import sys

import cuts
import oracle
import scenarios

Case = collections.namedtuple("Case", "kind scenario role point")

SCENARIOS = ("plain", "talking", "retry", "resume-finished")
ROLES = ("engine", "supervisor")
CODES = {"full": (0, 1, 4), "gone": (0, 1, 4, 8), "read-only": (0, 1, 4, 8), "deleted": (0, 1, 3, 4, 7, 8)}
BALLAST = "ballast"


def command_of(world, kind):
    """What makes the disaster: a shell command."""
    if kind == "full":
        return f"cat /dev/zero >{world.now}/{BALLAST} 2>/dev/null; cat /dev/zero >>{world.now}/{BALLAST} 2>/dev/null"
    if kind == "gone":
        words = f"import fcntl, os; fcntl.ioctl(os.open({str(world.now)!r}, os.O_DIRECTORY), {cuts.IOC_SHUTDOWN}, bytes([{cuts.WITHOUT_FLUSH},0,0,0]))"
        return f'{sys.executable} -S -c "{words}"'
    if kind == "read-only":
        # As the kernel does it when it finds damage. Nobody may remount what is open for writing.
        return f"echo 1 >/sys/fs/ext4/$(sed -n 's|^/dev/\\([^ ]*\\) {world.now} .*|\\1|p' /proc/mounts)/trigger_fs_error"
    return f"rm -rf {world.package}"


def list_cases(world):
    cases = []
    for name in SCENARIOS:
        scenario = scenarios.find(name)
        scenarios.load(world, scenario)
        _, report = world.trace([], scenarios.command(world, scenario))
        cases += [Case(kind, name, role, point) for kind in CODES for role in ROLES for point in range(1, report.points[role] + 1)]
    return cases


def check_command(case, verdict, result):
    verdict.expect(result.code in CODES[case.kind], oracle.CODE, f"the command itself: exit {result.code}: {result.err}")
    verdict.expect(result.code in (0, 4) or result.err.strip(), oracle.OTHER, f"exit {result.code} without a word")


def mend(world, case):
    """As somebody would, before going on."""
    scenarios.wait_for_silence()
    if case.kind == "full":
        (world.now / BALLAST).unlink()
    elif case.kind in ("gone", "read-only"):
        world.unmount()
        world.mount()


def check_deleted(world, verdict, result):
    """There is nothing to go on with; but it must say so."""
    done = set(world.states().values()) <= {"Completed", "Skipped"}
    again = world.execute()
    verdict.expect(done or result.code != 0, oracle.CODE, f"exit 0, but states are {world.states()}")
    verdict.expect(again.code in (1, 3, 7, 8) or (done and again.code == 0), oracle.CODE, f"again: exit {again.code}: {again.err}")
    verdict.expect(not world.damage(), oracle.DAMAGE, world.damage())


def run_case(world, case):
    scenario = scenarios.find(case.scenario)
    verdict = oracle.Verdict()
    scenarios.load(world, scenario)
    result, report = world.trace([f"-at={case.role}:{case.point}", f"-run={command_of(world, case.kind)}"], scenarios.command(world, scenario))
    check_command(case, verdict, result)
    mend(world, case)
    if case.kind == "deleted":
        check_deleted(world, verdict, result)
        return bool(report.fired), verdict
    facts = oracle.facts_on_disk(world, scenario, result.out)

    def may_be_unknown(step):
        return case.kind in ("gone", "read-only") and step in facts.unknown

    asked = oracle.settle(world, scenario, verdict, may_be_unknown, may_fail=True)
    oracle.check_end(world, scenario, verdict, oracle.acknowledged(result.out), asked)
    return bool(report.fired), verdict
