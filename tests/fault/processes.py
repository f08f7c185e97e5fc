# SPDX-License-Identifier: MIT
"""What steps do with processes and what people do with terminals: states right, nobody left that is not reported, deadlines kept."""

import collections
import fcntl
import os
import pty
import random
import signal
import subprocess
import termios
import time

import oracle
import scenarios
from world import RUNBOOK, Step, children, wait_for, wait_for_ours

Case = collections.namedtuple("Case", "kind number")

GRACE_SECONDS = 1
LATE_SECONDS = 2.0  # after the grace
OTHERS_SECONDS = 5.0  # for what has no deadline

FIRST = '[ "$RUNBOOK_ATTEMPT" -gt 1 ] || '
IGNORES = FIRST + "{ trap '' TERM; sleep 600 & while :; do sleep 0.05; done; }"
DAEMON = "setsid sleep 600 &"
DAEMON_WITHOUT_OUTPUT = "setsid sleep 600 >/dev/null 2>&1 &"
TREE = "for i in 1 2 3; do (sleep 600 & sleep 600) & done"
STUBBORN_TREE = "for i in 1 2 3; do (trap '' TERM; sleep 600 & sleep 600) & done"
BUSY = "sleep 0.15"


def scenario_of(body, timeout_min=0, boot_speed=0):
    return scenarios.Scenario(f"process-{abs(hash((body, timeout_min)))}", (Step(), Step(body, 0, timeout_min), Step()), boot_speed=boot_speed)


def end_of(world, step):
    """(state, what it left behind, why it ended so) of a step's first attempt."""
    sql = f"SELECT State, LeftBehind, Reason FROM AttemptHistory WHERE RunbookId = '{RUNBOOK}' AND Step = {step} AND Attempt = 1"
    return world.query(sql)[0]


def wait_for_step(world, step):
    while (step, 1, "begin") not in world.tally():
        time.sleep(0.002)


def begin(world, scenario, chance):
    """The engine, some time after its second step has begun."""
    scenarios.load(world, scenario)
    engine = world.start(world.wrapped(scenarios.command(world, scenario)))
    wait_for_step(world, 2)
    time.sleep(chance.random() * 0.1)
    return engine


def finish(world, engine, verdict, limit):
    begun = time.monotonic()
    result = world.unwrapped(world.finish(engine, begun))
    verdict.slowest = result.seconds
    verdict.expect_time(result.seconds, limit, "until it ended")
    return result


def expect_end(world, verdict, state, left, reason=""):
    real = end_of(world, 2)
    verdict.expect(real[0] == state, oracle.CODE, f"step 2 is {real[0]}, not {state}")
    verdict.expect(left in real[1] if left else real[1] == "", oracle.OTHER, f"left behind: {real[1]!r}, should say {left!r}")
    verdict.expect(reason in real[2], oracle.OTHER, f"the reason is {real[2]!r}, should say {reason!r}")


def expect_code(verdict, result, code):
    verdict.expect(result.code == code, oracle.CODE, f"exit {result.code} instead of {code}: {result.err}")


# ---- The kinds ----

def ignore_stop(world, verdict, chance):
    scenario = scenario_of(IGNORES)
    engine = begin(world, scenario, chance)
    stop = world.run_command(world.command("stop", f"-runbookid={RUNBOOK}", "-now"), "stop")
    expect_code(verdict, stop, 0)
    expect_code(verdict, finish(world, engine, verdict, GRACE_SECONDS + LATE_SECONDS), 4)
    expect_end(world, verdict, "Failed", "ended as asked: ", "stopped by")
    return scenario


def ignore_timeout(world, verdict, chance):
    """Its minute is a second; so is a sixtieth of the grace."""
    scenario = scenario_of(IGNORES, timeout_min=1, boot_speed=60)
    engine = begin(world, scenario, chance)
    expect_code(verdict, finish(world, engine, verdict, 1 + GRACE_SECONDS + LATE_SECONDS), 4)
    expect_end(world, verdict, "TimedOut", "ended at the timeout: ", "longer than its 1 minutes")
    return scenario


def ignore(world, verdict, chance):
    return chance.choice((ignore_stop, ignore_timeout))(world, verdict, chance)


def daemon(world, verdict, chance):
    scenario = scenario_of(chance.choice((DAEMON, DAEMON_WITHOUT_OUTPUT)))
    expect_code(verdict, finish(world, begin(world, scenario, chance), verdict, OTHERS_SECONDS), 0)
    expect_end(world, verdict, "Completed", "lives on in its own session: ")
    return scenario


def tree(world, verdict, chance):
    scenario = scenario_of(chance.choice((TREE, STUBBORN_TREE)))
    expect_code(verdict, finish(world, begin(world, scenario, chance), verdict, GRACE_SECONDS + LATE_SECONDS), 0)
    expect_end(world, verdict, "Completed", "left behind and ended: ")
    return scenario


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def terminal(world, verdict, chance):
    """The terminal goes away: hang-up, and no output goes anywhere any more."""
    scenario = scenario_of(BUSY)
    scenarios.load(world, scenario)
    master, slave = pty.openpty()
    engine = subprocess.Popen(scenarios.command(world, scenario), stdin=slave, stdout=slave, stderr=slave, preexec_fn=take_terminal,
                              env=world.environment(), cwd=world.folder)
    os.close(slave)
    wait_for_step(world, 2)
    time.sleep(chance.random() * 0.1)
    os.close(master)
    code = wait_for(engine, OTHERS_SECONDS)
    verdict.expect(code == 0, oracle.CODE, f"exit {code} after the terminal was closed")
    expect_end(world, verdict, "Completed", "")
    return scenario


def hang_up(world, verdict, chance):
    scenario = scenario_of(BUSY)
    engine = begin(world, scenario, chance)
    engine.send_signal(signal.SIGHUP)
    expect_code(verdict, finish(world, engine, verdict, OTHERS_SECONDS), 0)
    expect_end(world, verdict, "Completed", "")
    return scenario


def interrupt(world, verdict, chance):
    """Once: the step ends first. Twice, or TERM: the step goes on alone."""
    scenario = scenario_of(BUSY)
    engine = begin(world, scenario, chance)
    how = chance.choice(((signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)))
    for number in how:
        engine.send_signal(number)
        time.sleep(0.02)
    result = finish(world, engine, verdict, OTHERS_SECONDS)
    # It may have been past its last chance to stop.
    if result.code != 0:
        expect_code(verdict, result, 128 + how[-1])
    states = world.states()
    if len(how) == 1 and how[0] == signal.SIGINT:
        verdict.expect(states[2] == "Completed", oracle.CODE, f"step 2 is {states[2]} after one INT")
    return scenario


KINDS = {"term-ignorer": ignore, "daemon": daemon, "fork-tree": tree, "closed-terminal": terminal, "hup": hang_up, "int": interrupt}


# ---- The part ----

def list_cases(_):
    return [Case(kind, number) for kind in KINDS for number in range(500)]


def list_trees(world):
    return [case for case in list_cases(world) if case.kind in ("daemon", "fork-tree")]


def check_left(world, verdict):
    """Whoever still lives must have been reported."""
    wait_for_ours()
    reported = " ".join(left for (left,) in world.query("SELECT LeftBehind FROM AttemptHistory"))
    for pid, name in children():
        verdict.expect(f"({pid})" in reported, oracle.OTHER, f"{name} ({pid}) still lives, and nobody said so: {reported!r}")


def run_case(world, case):
    verdict = oracle.Verdict()
    scenario = KINDS[case.kind](world, verdict, random.Random(case.number))
    asked = oracle.settle(world, scenario, verdict, lambda step: False, may_fail=True)
    oracle.check_end(world, scenario, verdict, set(), asked)
    check_left(world, verdict)
    return True, verdict


def list_minutes(_):
    return [Case("minute", number) for number in range(4)]


def run_minute(world, case):
    """A real minute by the real clock, and a step that ignores TERM."""
    verdict = oracle.Verdict()
    scenario = scenario_of(IGNORES, timeout_min=1)
    engine = begin(world, scenario, random.Random(case.number))
    result = finish(world, engine, verdict, 60 + GRACE_SECONDS + LATE_SECONDS)
    expect_code(verdict, result, 4)
    verdict.expect(result.seconds > 59, oracle.SLOW, f"a minute took {result.seconds:.1f} s")
    expect_end(world, verdict, "TimedOut", "ended at the timeout: ", "longer than its 1 minutes")
    check_left(world, verdict)
    return True, verdict
