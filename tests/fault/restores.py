# SPDX-License-Identifier: MIT
"""executerestore, hit at every point: running it again completes it, no restore step runs twice unasked, and the target is the old folder.

The runbook that is taken back stopped, updated (with `runbook apply`) and started one service model. The witness is the file `tally`, to which
each restore step appends its number and attempt.
"""

import collections

import oracle
import scenarios
import swaps
from world import MACHINE, MODEL, RUNBOOK, end_children

Case = collections.namedtuple("Case", "role point what repeat")

RESTORE = f"{RUNBOOK}-restore"
ROLES = {"engine": ("engine", "both", "tree"), "supervisor": ("engine", "both", "tree"), "starter": ("engine", "both", "tree")}
STEPS = 3  # Stop, Restore, Start; the versions that are installed need none
COMMANDS_LIMIT = 8
SCRIPTS = {
    "stop.sh": "",
    "start.sh": "",
    "update.sh": 'runbook apply -source="$RUNBOOK_PACKAGE_ROOT/../source" -target="$RUNBOOK_PACKAGE_ROOT/../target"',
    "restore.sh": 'runbook restore -target="$RUNBOOK_PACKAGE_ROOT/../target"',
}


def script_xml(element, file):
    return (f"<{element}><FileName>{file}</FileName><Automated>true</Automated><Description/><RetryCount>0</RetryCount>"
            f"<TimeoutValue>0</TimeoutValue></{element}>")


def runbook_text():
    steps = "".join(
        f"<Step><ID>{number}</ID><Description>{kind} script for service model: {MODEL} on machine: {MACHINE}</Description>"
        f"<MachineName>{MACHINE}</MachineName><ServiceModelName>{MODEL}</ServiceModelName>"
        f"{script_xml('ScriptToExecute', file)}<StepType>{kind}</StepType><StepState>NotStarted</StepState></Step>"
        for number, (kind, file) in enumerate((("Stop", "stop.sh"), ("Update", "update.sh"), ("Start", "start.sh")), 1))
    scripts = "".join(script_xml(f"{kind}Script", f"{kind.lower()}.sh") for kind in ("Stop", "Restore", "Update", "Start"))
    return (f"<RunbookData><RunbookID>{RUNBOOK}</RunbookID><RunbookTopologyData><MachineList><Machine><Name>{MACHINE}</Name>"
            f"<ServiceModelList><string>{MODEL}</string></ServiceModelList></Machine></MachineList></RunbookTopologyData>"
            f"<RunbookServiceModelData><ServiceModelList><ServiceModel><Name>{MODEL}</Name>{scripts}</ServiceModel></ServiceModelList>"
            f"</RunbookServiceModelData><RunbookStepList>{steps}</RunbookStepList></RunbookData>")


def prepare(world):
    """The world with the runbook done; and the old and the new state of the target."""
    if RESTORE not in world.templates:
        world.forget()
        folder = world.package / MODEL / "Scripts"
        folder.mkdir(parents=True)
        for name, body in SCRIPTS.items():
            (folder / name).write_text(f'#!/bin/sh\nset -e\necho "$RUNBOOK_ID $RUNBOOK_STEP $RUNBOOK_ATTEMPT" >>"{world.tally_file}"\n{body}\n',
                                       encoding="utf-8")
        (world.package / "runbook.xml").write_text(runbook_text(), encoding="utf-8")
        swaps.write_tree(world.now / "target", swaps.OLD)
        swaps.write_tree(world.now / "source", swaps.NEW)
        world.tally_file.write_text("", encoding="ascii")
        states = [swaps.read_tree(world.now / "target")]
        world.import_runbook()
        swaps.must(world.execute())
        states.append(swaps.read_tree(world.now / "target"))
        world.save(RESTORE)
        world.restore_states = states
    world.load(RESTORE)
    return world.restore_states


def command(world, *arguments):
    return world.command("executerestore", f"-runbookid={RUNBOOK}", "-retrypause=0", "-grace=1", *arguments)


def list_kills(world):
    prepare(world)
    _, report = world.trace([], command(world))
    return [Case(role, point, victims, "") for role, choices in ROLES.items() for victims in choices
            for point in range(1, report.points[role] + 1)]


def list_errors(world):
    cases = []
    for errno in ("ENOSPC", "EIO"):
        prepare(world)
        _, report = world.trace([f"-points={errno}"], command(world))
        cases += [Case(role, point, errno, repeat) for role in ROLES for point in range(1, report.points[role] + 1)
                  for repeat in ("once", "all")]
    return cases


def next_arguments(world, result):
    """What an admin would add to the next command: a step whose outcome is unknown, or that failed, is asked for again."""
    if result.code not in (4, 8):
        return ()
    rows = world.query(f"SELECT Step FROM StepStatus WHERE RunbookId = '{RESTORE}' AND State IN ('Interrupted', 'Failed', 'TimedOut')")
    return (f"-rerunstep={rows[0][0]}",) if rows else ()


def settle(world, verdict, result):
    """To the end; how often each step was asked for."""
    asked = collections.Counter()
    arguments = next_arguments(world, result)
    for _ in range(COMMANDS_LIMIT):
        if arguments:
            asked[int(arguments[0].partition("=")[2])] += 1
        result = world.run_command(command(world, *arguments))
        if result.code == 0:
            return asked
        if result.code == 7 and "there still run" in result.err:
            world.run("stop", f"-runbookid={RESTORE}", "-now")
        verdict.expect(result.code in (4, 7, 8), oracle.CODE, f"exit {result.code}: {result.err}")
        arguments = next_arguments(world, result)
    verdict.add(oracle.CODE, f"does not come to an end: {result.err}")
    return asked


def check_end(world, verdict, old, asked):
    swaps.check_state(world, verdict, [old], "in the end")
    swaps.check_residue(world, verdict, "in the end")
    runs = collections.Counter(line.split()[1] for line in world.tally_file.read_text(encoding="ascii").splitlines() if line.startswith(RESTORE))
    for step in range(1, STEPS + 1):
        count = runs[str(step)]
        verdict.expect(count >= 1, oracle.LOST, f"step {step} never ran")
        verdict.expect(count <= 1 + asked[step], oracle.SECOND, f"step {step} ran {count} times, {1 + asked[step]} were asked for")
    states = world.query(f"SELECT State FROM StepStatus WHERE RunbookId = '{RESTORE}'")
    verdict.expect(states == [("Completed",)] * STEPS, oracle.OTHER, f"the states are {states}")
    blocked = world.execute("-rerunstep=1")
    verdict.expect(blocked.code == 7, oracle.CODE, f"the runbook that was taken back is executed: exit {blocked.code}")
    verdict.expect(not world.damage(), oracle.DAMAGE, world.damage())


def run_fault(world, options):
    verdict = oracle.Verdict()
    states = prepare(world)
    result, report = world.trace(options, command(world))
    scenarios.wait_for_silence()
    end_children()
    swaps.check_state(world, verdict, states, "after the fault")
    asked = settle(world, verdict, result)
    check_end(world, verdict, states[0], asked)
    return bool(report.fired), verdict


def run_kill(world, case):
    return run_fault(world, [f"-at={case.role}:{case.point}", f"-kill={case.what}"])


def run_error(world, case):
    return run_fault(world, [f"-points={case.what}", f"-at={case.role}:{case.point}", f"-error={case.repeat}"])
