# SPDX-License-Identifier: MIT
"""SIGKILL at every point: of the engine, of its nursery, of the supervisor, of all of them at once, of the whole tree, of the child that is to become the step."""

import collections

import oracle
import scenarios

Case = collections.namedtuple("Case", "scenario role point victims")

VICTIMS = {
    "engine": ("engine", "nursery", "supervisor", "both", "tree"),
    "nursery": ("engine", "nursery", "both", "tree"),
    "supervisor": ("engine", "nursery", "supervisor", "both", "tree"),
    "starter": ("engine", "supervisor", "both", "tree", "caller"),
}


def list_cases(world):
    """Every case there is; counted with a run of each scenario."""
    cases = []
    for scenario in scenarios.SCENARIOS:
        scenarios.load(world, scenario)
        _, report = world.trace([], scenarios.command(world, scenario))
        for role, choices in VICTIMS.items():
            for point in range(1, report.points[role] + 1):
                cases += [Case(scenario.name, role, point, victims) for victims in choices]
    return cases


def list_cases_started(world):
    """Those in which a script has begun and the supervisor is killed with it."""
    return [case for case in list_cases(world) if case.scenario in ("plain", "talking") and case.role == "supervisor" and case.victims == "tree"]


def list_cases_lasting(world):
    """Those in which a script outlives its supervisor."""
    return [case for case in list_cases(world) if (case.scenario, case.role, case.victims) == ("lasting", "starter", "supervisor")]


def may_be_unknown(scenario, facts, report):
    """Whether a step's outcome may be unknown now: only that of the step whose supervisor was killed between `started` and `outcome`."""
    lost = facts.unknown if report.killed.get("supervisor", 0) else ()

    def judge(step):
        return step in lost or (scenario.unknown and step == scenario.open_step)
    return judge


def check_command(case, scenario, verdict, result, report, facts):
    """The command itself, if it was not killed."""
    if report.killed["engine"] or not report.fired or "-detach" in scenario.arguments:
        return
    codes = {8} if scenario.unknown and not scenario.arguments else {0, 4, scenario.end_code}
    if report.killed["supervisor"]:
        codes = {8} if facts.started and not facts.outcome else {0, 1, scenario.end_code}
    elif report.killed["nursery"] and not facts.started:
        codes |= {1}  # nobody was left to take the attempt
    verdict.expect(result.code in codes, oracle.CODE, f"the command itself: exit {result.code}, not one of {sorted(codes)}: {result.err}")


def run_case(world, case, afterwards=None):
    """True if the fault happened, and what it showed. `afterwards` is called with the world before anybody goes on."""
    scenario = scenarios.find(case.scenario)
    verdict = oracle.Verdict()
    scenarios.load(world, scenario)
    result, report = world.trace([f"-at={case.role}:{case.point}", f"-kill={case.victims}"], scenarios.command(world, scenario))
    if "-detach" in scenario.arguments:
        scenarios.wait_for_silence()
        result = result._replace(out=result.out + world.background_output())
    facts = oracle.facts_on_disk(world, scenario, result.out)
    check_command(case, scenario, verdict, result, report, facts)
    if afterwards:
        afterwards(world)
    if scenario.verb == "import":
        oracle.import_again(world, verdict, result.code == 0)
    asked = oracle.settle(world, scenario, verdict, may_be_unknown(scenario, facts, report), may_fail=case.victims == "caller")
    oracle.check_end(world, scenario, verdict, oracle.acknowledged(result.out), asked)
    return bool(report.fired), verdict
