# SPDX-License-Identifier: MIT
"""What must be true after a fault, whatever it was.

`settle` does what an admin would do: runs `execute` again, follows what it says, and decides about a step whose outcome is unknown by asking
for it again. Then ledger, exit codes and messages are compared with the witness and with what was on disk when the fault happened.
"""

import collections
import re

import scenarios
from world import MACHINE, MODEL, RUNBOOK, patience

KNOW_SECONDS = 2.0  # how long the next command may take to know where it is
COMMANDS_LIMIT = 7  # to get to the end after one fault

LOST, SECOND, CODE, DAMAGE, SLOW, OTHER = "lost result", "second run", "wrong code", "damage", "too slow", "other"
HARNESS = "harness"  # it stumbled itself: says nothing about the program, and passes for nothing

Finding = collections.namedtuple("Finding", "kind text")
Facts = collections.namedtuple("Facts", "step started outcome unknown")


class Verdict:
    """What one case showed."""

    def __init__(self):
        self.findings = []
        self.slowest = 0.0  # of what has a limit, in seconds

    def add(self, kind, text):
        self.findings.append(Finding(kind, text))

    def expect_time(self, seconds, limit, what):
        """Limits are for a program as it is shipped; others need patience."""
        limit *= patience()
        self.expect(seconds <= limit, SLOW, f"{seconds:.2f} s {what}, {limit:.2f} at most")

    def expect(self, condition, kind, text):
        if not condition:
            self.add(kind, text)


# ---- What was there when the fault happened ----

def acknowledged(out):
    """The steps that the command said were completed."""
    done, step = set(), None
    for line in out.splitlines():
        match = re.fullmatch(r"Executing step: (\d+)", line)
        if match:
            step = int(match.group(1))
        elif line == "The step completed" and step:
            done.add(step)
    return done


def attempt_folders(world, step):
    folder = world.package / "RunbookWorkingFolder" / RUNBOOK / MACHINE / MODEL / str(step)
    return sorted(folder.glob("attempt-*"), key=lambda path: int(path.name.partition("-")[2]))


def is_whole(path):
    """Whether an outcome is there to its last line. From one look to the next its supervisor may give it its name."""
    try:
        return path.read_bytes().rstrip(b"\0").endswith(b"\nend=outcome\n")
    except FileNotFoundError:
        return False


def has_outcome(folder, started):
    """Under its name or, once the script may have run, whole under the name that it has until then."""
    return (started and is_whole(folder / "outcome.tmp")) or (folder / "outcome").exists()


def records_on_disk(world, step):
    """Whether its last attempt has `started`, and `outcome`."""
    folders = attempt_folders(world, step)
    started = bool(folders) and (folders[-1] / "started").exists()
    return started, bool(folders) and has_outcome(folders[-1], started)


def facts_on_disk(world, scenario, out):
    """The records of the step that was executed last, by the words of the command, and all steps that have begun and not ended, by theirs."""
    begun = re.findall(r"^Executing step: (\d+)$", out, re.M)
    step = int(begun[-1]) if begun else scenario.open_step
    unknown = {number for number in range(1, len(scenario.steps) + 1) if records_on_disk(world, number) == (True, False)}
    return Facts(step, *records_on_disk(world, step), unknown)


# ---- What an admin would do ----

def check_unknown(world, verdict, result, may_be):
    """After exit 8: which step it is about, if everything about it is as it should be."""
    interrupted = [step for step, state in world.states().items() if state == "Interrupted"]
    if len(interrupted) != 1:
        verdict.add(CODE, f"exit 8, but these steps are Interrupted: {interrupted}")
        return None
    step = interrupted[0]
    verdict.expect(may_be(step), CODE, f"step {step} is called unknown, which it is not")
    for words in (f"step {step} of", f"step{step}.sh", "/Log/", f"-rerunstep={step}", f"-setstepcomplete={step}"):
        verdict.expect(words in result.err, OTHER, f"exit 8 does not say {words!r}: {result.err}")
    return step


def import_again(world, verdict, done):
    """An import that was interrupted is simply repeated: it was done, as a whole, or not at all."""
    result = world.run_command(world.import_command())
    verdict.expect(result.code in (0, 7), CODE, f"import again: exit {result.code}: {result.err}")
    verdict.expect(result.code == 7 or not done, LOST, "the runbook was said to be imported, and is not there")


def settle(world, scenario, verdict, may_be_unknown, may_fail=False):
    """To the end of the runbook; {step: runs that were asked for}."""
    asked = collections.Counter()
    arguments = ()
    for _ in range(COMMANDS_LIMIT):
        result = world.execute(*arguments)
        verdict.slowest = max(verdict.slowest, result.seconds)
        if end_survivors(world, verdict, result):
            continue
        step = judge_command(world, scenario, verdict, result, (may_be_unknown, may_fail))
        if not step:
            verdict.expect_time(verdict.slowest, KNOW_SECONDS, "until a command knew where it was")
            return asked
        arguments = (f"-rerunstep={step}",)
        asked[step] += scenarios.allowed_runs(scenario)[step]
    verdict.add(CODE, "does not come to an end")
    return asked


def end_survivors(world, verdict, result):
    """Whether the command refused to go on beside a script whose supervisor is dead; it is ended then."""
    if result.code != 7 or "there still run" not in result.err:
        return False
    stopped = world.run("stop", f"-runbookid={RUNBOOK}", "-now")
    verdict.expect(stopped.code == 0, CODE, f"stop: exit {stopped.code}: {stopped.err}")
    return True


def judge_command(world, scenario, verdict, result, allowed):
    """The step that somebody has to decide about after this command; None if it was the last."""
    may_be_unknown, may_fail = allowed
    if result.code == 8:
        return check_unknown(world, verdict, result, may_be_unknown)
    if result.code == 4 and may_fail and not is_meant_to_fail(scenario, failed_step(world)):
        return failed_step(world)
    verdict.expect(result.code == scenario.end_code, CODE, f"exit {result.code} instead of {scenario.end_code}: {result.err}")
    return None


def is_meant_to_fail(scenario, step):
    return scenario.steps[step - 1] == scenarios.FAILS


def failed_step(world):
    return next((step for step, state in world.states().items() if state in ("Failed", "TimedOut")), None)


# ---- What must be true in the end ----

def check_runs(world, scenario, verdict, asked):
    """The witness: how often each step really ran."""
    begun = collections.Counter()
    for step, _, what in world.tally():
        begun[step] += what == "begin"
    for attempt, count in collections.Counter(line for line in world.tally() if line[2] == "begin").items():
        verdict.expect(count == 1, SECOND, f"attempt {attempt[1]} of step {attempt[0]} ran {count} times")
    for step, planned in scenarios.allowed_runs(scenario).items():
        limit = planned + asked[step]
        verdict.expect(begun[step] <= limit, SECOND, f"step {step} ran {begun[step]} times, {limit} were asked for")


def check_order(world, verdict):
    """The witness: once an attempt has begun, nothing more comes from those before it."""
    seen, current = set(), None
    for step, attempt, what in world.tally():
        if what == "begin" and (step, attempt) not in seen:
            current = (step, attempt)
            seen.add(current)
        verdict.expect((step, attempt) == current, SECOND, f"attempt {attempt} of step {step} was still at work beside {current}")


def expected_state(scenario, step):
    """Completed or Skipped, unless the runbook ends with a step that fails."""
    if scenario.end_code and scenario.steps[step - 1] == scenarios.FAILS:
        return ("Failed",)
    if scenario.end_code and scenarios.FAILS in scenario.steps[:step - 1]:
        return ("NotStarted",)
    return ("Skipped",) if scenario.steps[step - 1] == scenarios.SKIPS else ("Completed",)


def check_states(world, scenario, verdict, acked):
    tally = world.tally()
    attempts = world.attempts()
    states = world.states()
    for step in range(1, len(scenario.steps) + 1):
        wanted = expected_state(scenario, step)
        kind = LOST if step in acked else OTHER
        verdict.expect(states.get(step) in wanted, kind, f"step {step} is {states.get(step)} in the end, not {wanted[0]}")
    for step, attempt, state in attempts:
        verdict.expect(state != "InProgress", OTHER, f"attempt {attempt} of step {step} is InProgress in the end")
        if state == "Completed":
            verdict.expect((step, attempt, "end") in tally, OTHER, f"attempt {attempt} of step {step} is Completed, but never came to its end")
    known = {(step, attempt) for step, attempt, _ in attempts}
    for step, attempt, _ in tally:
        verdict.expect((step, attempt) in known, LOST, f"attempt {attempt} of step {step} ran, but the ledger does not know it")


def check_acknowledged(world, scenario, verdict, acked, asked):
    """What was said to be completed was not run again."""
    for step in acked:
        verdict.expect(not asked[step] or step == scenario.open_step, LOST, f"step {step} was said to be completed, then to be unknown")


def check_end(world, scenario, verdict, acked, asked):
    check_runs(world, scenario, verdict, asked)
    check_order(world, verdict)
    check_states(world, scenario, verdict, acked)
    check_acknowledged(world, scenario, verdict, acked, asked)
    damage = world.damage()
    verdict.expect(not damage, DAMAGE, damage)
