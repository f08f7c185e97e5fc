# SPDX-License-Identifier: MIT
"""A step that writes without end: memory stays flat, the log ends at its cap and says what is missing, the step is not held up."""

import collections
import pathlib
import time

import oracle
import scenarios
from world import Step, children, wait_for_ours

Case = collections.namedtuple("Case", "megabytes")

CAP_BYTES = 16 << 20
MARKER_BYTES = 4096
MEMORY_KB = 64 << 10


def scenario_of(megabytes):
    return scenarios.Scenario(f"flood-{megabytes}", (Step(f"yes 'all work and no play' | head -c {megabytes << 20}"),))


def list_small(_):
    return [Case(64)]


def list_cases(_):
    return [Case(1024)]


def list_big(_):
    return [Case(10240)]


def peak_kb(pid):
    """The most memory a process has had so far; 0 if it is gone."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def supervisors(engine):
    path = pathlib.Path(f"/proc/{engine}/task/{engine}/children")
    return [int(pid) for pid in path.read_text(encoding="ascii").split()] if path.exists() else []


def watch(engine):
    """The most memory that engine and supervisor had."""
    most = 0
    while engine.poll() is None:
        most = max(most, peak_kb(engine.pid), *map(peak_kb, supervisors(engine.pid)), 0)
        time.sleep(0.02)
    return most


def run_case(world, case, cap=f"-logcap={CAP_BYTES}"):
    scenario = scenario_of(case.megabytes)
    verdict = oracle.Verdict()
    scenarios.load(world, scenario)
    begun = time.monotonic()
    engine = world.start(world.execute_command(*([cap] if cap else [])))
    memory = watch(engine)
    result = world.finish(engine, begun)
    verdict.slowest = result.seconds
    verdict.expect(result.code == 0, oracle.CODE, f"exit {result.code}: {result.err}")
    verdict.expect(0 < memory <= MEMORY_KB, oracle.OTHER, f"took {memory} KiB of memory")
    check_log(world, verdict, case)
    wait_for_ours()
    verdict.expect(not children(), oracle.OTHER, f"still there: {children()}")
    return True, verdict


def check_log(world, verdict, case):
    (log,) = world.package.glob("RunbookWorkingFolder/*/*/*/*/Log/*.log")
    size = log.stat().st_size
    verdict.expect(size <= CAP_BYTES + MARKER_BYTES, oracle.OTHER, f"the log has {size} bytes, {CAP_BYTES} were allowed")
    with open(log, "rb") as file:
        file.seek(-min(size, MARKER_BYTES), 2)
        marker = file.read().decode("utf-8", "replace")
    dropped = (case.megabytes << 20) - CAP_BYTES
    verdict.expect(f"{dropped} bytes of output were dropped" in marker, oracle.OTHER, f"the log does not say that {dropped} bytes are missing")
