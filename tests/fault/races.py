# SPDX-License-Identifier: MIT
"""Two `execute` of one runbook at once: exactly one runs, the other says within a second who does."""

import collections
import re
import time

import oracle
import scenarios
from world import Step, patience

Case = collections.namedtuple("Case", "number")

REFUSED_SECONDS = 1.0
# Longer than the loser tries.
RACE = scenarios.Scenario("race", (Step(f"sleep {0.9 * patience()}"), Step()))
HOLDER = re.compile(r"process \d+ of \S+ .*since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def list_cases(_):
    return [Case(number) for number in range(1000)]


def race(world, lies):
    """The results of both, the quicker one first."""
    names = ["first", "second"]
    begun = time.monotonic()
    engines = {name: world.start(world.traced(lies, world.execute_command(), name) if lies else world.execute_command(), name)
               for name in names}
    while all(engine.poll() is None for engine in engines.values()):
        time.sleep(0.005)
    names.sort(key=lambda name: engines[name].poll() is None)
    results = {name: world.finish(engines[name], begun, name) for name in names}
    return [world.report(results[name], name)[0] if lies else results[name] for name in names]


def run_case(world, case, lies=()):
    verdict = oracle.Verdict()
    scenarios.load(world, RACE)
    loser, winner = race(world, lies)
    verdict.expect((winner.code, loser.code) == (0, 6), oracle.CODE, f"exits {winner.code} and {loser.code}: {winner.err} {loser.err}")
    verdict.expect_time(loser.seconds, REFUSED_SECONDS, "to say no")
    verdict.expect(HOLDER.search(loser.err), oracle.OTHER, f"does not say who holds it since when: {loser.err}")
    asked = oracle.settle(world, RACE, verdict, lambda step: False)
    verdict.slowest = loser.seconds
    oracle.check_end(world, RACE, verdict, oracle.acknowledged(winner.out), asked)
    return True, verdict
