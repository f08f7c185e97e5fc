# SPDX-License-Identifier: MIT
"""The wall clock jumps an hour while a step runs: order, durations and deadlines stay as they are."""

import collections
import random
import time

import oracle
import processes
import scenarios
from world import RUNBOOK, SETTLED_NS, Step, World

Case = collections.namedtuple("Case", "kind hours number")

STEP_SECONDS = 0.3
LATE_SECONDS = 2.0
HOUR_NS = 3600 * 10**9
SLEEPS = scenarios.Scenario("clock-duration", (Step(), Step(f"sleep {STEP_SECONDS}"), Step()))
HANGS = processes.scenario_of(processes.FIRST + "sleep 600", timeout_min=1, boot_speed=60)


class BadClockWorld(World):
    """Control: the clock that nobody can set follows the one that was set."""

    def environment(self):
        return {**super().environment(), "FAULT_BOOT_FOLLOWS": "1"}


def list_cases(_):
    return [Case(kind, hours, number) for kind in ("duration", "deadline") for hours in (-1, 1) for number in range(100)]


def list_durations(world):
    return [case for case in list_cases(world) if case.kind == "duration"]


def run_case(world, case):
    scenario = SLEEPS if case.kind == "duration" else HANGS
    verdict = oracle.Verdict()
    world.set_wall(SETTLED_NS)
    scenarios.load(world, scenario)
    begun = time.monotonic()
    engine = world.start(scenarios.command(world, scenario))
    processes.wait_for_step(world, 2)
    time.sleep(random.Random(case.number).random() * STEP_SECONDS / 2)
    world.set_wall(SETTLED_NS + case.hours * HOUR_NS)
    result = world.finish(engine, begun)
    CHECKS[case.kind](world, verdict, result)
    check_order(world, verdict)
    asked = oracle.settle(world, scenario, verdict, lambda step: False, may_fail=True)
    oracle.check_end(world, scenario, verdict, set(), asked)
    return True, verdict


def check_duration(world, verdict, result):
    processes.expect_code(verdict, result, 0)
    (seconds,) = world.query(f"SELECT Seconds FROM AttemptHistory WHERE RunbookId = '{RUNBOOK}' AND Step = 2")[0]
    verdict.expect(seconds and seconds >= STEP_SECONDS, oracle.OTHER, f"took {seconds} s by the ledger")
    verdict.expect_time(seconds or 0, STEP_SECONDS + LATE_SECONDS, "by the ledger")


def check_deadline(world, verdict, result):
    processes.expect_code(verdict, result, 4)
    processes.expect_end(world, verdict, "TimedOut", "ended at the timeout: ")
    verdict.expect(result.seconds >= 1, oracle.SLOW, f"ended after {result.seconds:.2f} s instead of 1")
    verdict.expect_time(result.seconds, 1 + LATE_SECONDS, "until the deadline was kept")


CHECKS = {"duration": check_duration, "deadline": check_deadline}


def check_order(world, verdict):
    """By the ledger the steps came one after the other, whatever their times say."""
    steps = [step for step, _, _ in world.attempts()]
    verdict.expect(steps == sorted(steps), oracle.OTHER, f"attempts in the order {steps}")
    for step, seconds in world.query("SELECT Step, Seconds FROM AttemptHistory WHERE Seconds < 0"):
        verdict.add(oracle.OTHER, f"step {step} took {seconds} s")
