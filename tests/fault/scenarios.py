# SPDX-License-Identifier: MIT
"""What is going on when a fault happens.

A scenario is a runbook, what happened to it before, and the command in which the fault is to be. To add one: append it to SCENARIOS. Its
steps are sh; their first and last deed, the tally, is added by world.py. `planned` says how often each step may begin without anybody's
asking for more; once is the rule.
"""

import collections
import signal
import time

from world import Step, children, patience

FIELDS = {
    "name": None,          # of the scenario
    "steps": None,         # of its runbook
    "planned": {},         # {step: runs} where it is not one run
    "verb": "execute",     # and
    "arguments": (),       # of the command in which the fault happens
    "prepare": None,       # called once with the world, before it is kept as a template; else the runbook is just imported
    "live": None,          # called for every point, before the command: for what cannot be kept in files
    "boot_speed": 0,       # the boot clock runs that many times as fast
    "end_code": 0,         # of the last command, when all is settled
    "open_step": 0,        # the step that is open when the command begins
    "unknown": False,      # its outcome is unknown until somebody decides
}
Scenario = collections.namedtuple("Scenario", FIELDS, defaults=list(FIELDS.values())[2:])

FAILS_ONCE = Step('[ "$RUNBOOK_ATTEMPT" -gt 1 ] || exit 3', retries=1)
FAILS = Step("echo it cannot be done; exit 3", retries=1)
HANGS_ONCE = Step('[ "$RUNBOOK_ATTEMPT" -gt 1 ] || sleep 600', retries=1, timeout_min=1)
TALKS = Step("echo one; sleep 0.02; echo two >&2; sleep 0.01")
HANDS_OVER = Step('echo "output.version=7" >>"$RUNBOOK_RESULT"')
SKIPS = Step('echo "skip=nothing to do" >>"$RUNBOOK_RESULT"')
SLOW = Step("sleep 0.1")
LASTS = Step("sleep 0.3")
LEAVES = Step("sleep 600 &")
TRIES_LIMIT = 20
# A minute is 0.3 seconds, or more where everything takes longer: a step that is not to time out must not.
BOOT_SPEED = max(1, round(200 / patience()))


def allowed_runs(scenario):
    return {number: scenario.planned.get(number, 1) for number in range(1, len(scenario.steps) + 1)}


# ---- What happened before ----

def nothing(world):
    """Not even the import."""


def then(*preparations):
    """One after the other."""
    def prepare(world):
        for preparation in preparations:
            preparation(world)
    return prepare


def imported(world):
    world.import_runbook()


def unknown(world):
    """The ledger says that a step's outcome is unknown."""
    result = world.execute()
    if result.code != 8:
        raise RuntimeError(f"cannot prepare: {result}")


def complete(world):
    result = world.execute()
    if result.code != 0:
        raise RuntimeError(f"cannot prepare: {result}")


def kill_at(role, call, step, victims="engine"):
    """The engine is killed at a call of a certain step (counted from 1), whose supervisor then goes on to its end."""
    def prepare(world):
        world.save("kill-at")
        # How often a supervisor looks at its pipe is chance: the same number may be another call the next time, or that of another step.
        for _ in range(TRIES_LIMIT):
            number = number_of(world, role, call, step)
            world.load("kill-at")
            _, report = world.trace([f"-at={role}:{number}", f"-kill={victims}"], world.execute_command())
            wait_for_silence()
            if report.fired.startswith(f"{role} {number} {call} ") and world.states().get(step) == "InProgress":
                return
            world.load("kill-at")
        raise RuntimeError(f"cannot prepare: no {call} at the same point twice")
    return prepare


def number_of(world, role, call, step):
    """The number of the point; counted with a run that is forgotten."""
    _, report = world.trace(["-list"], world.execute_command())
    numbers = [number for known, number, name, _ in report.list if (known, name) == (role, call)]
    return numbers[(step - 1) * (len(numbers) // step_count(report))]


def step_count(report):
    return sum((role, name) == ("starter", "execve") for role, _, name, _ in report.list)


def wait_for_silence():
    """Until what the engine left behind has ended."""
    while children():
        time.sleep(0.005)


def orphan(step):
    """The engine is killed while a step is running: the next one adopts it."""
    def live(world):
        engine = world.start(world.execute_command(), "before")
        while (step, 1, "begin") not in world.tally():
            time.sleep(0.002)
        engine.send_signal(signal.SIGKILL)
        engine.wait()
    return live


THREE = (Step(), Step(), Step())
# Its script has done all it does: whoever runs it again is caught. The first that its supervisor says of it is its end.
LOSE_STEP_2 = then(imported, kill_at("supervisor", "sendmsg", 2, "tree"))
LOSE_STEP_3 = then(imported, kill_at("supervisor", "sendmsg", 3, "tree"))

SCENARIOS = [
    Scenario("plain", THREE),
    Scenario("talking", (TALKS, HANDS_OVER, SKIPS, TALKS)),
    Scenario("leaving", (Step(), LEAVES, Step())),
    Scenario("lasting", (Step(), LASTS, Step())),
    Scenario("retry", (Step(), FAILS_ONCE, Step()), {2: 2}),
    Scenario("exhausted", (Step(), FAILS, Step()), {2: 2}, end_code=4),
    Scenario("timeout", (Step(), HANGS_ONCE, Step()), {2: 2}, boot_speed=BOOT_SPEED),
    Scenario("rerun", THREE, {2: 2}, arguments=("-rerunstep=2",), prepare=then(imported, complete)),
    Scenario("rerun-all", THREE, {1: 2, 2: 2, 3: 2}, arguments=("-rerunstep=1..3",), prepare=then(imported, complete)),
    Scenario("until", THREE, arguments=("-untilstep=2",)),
    Scenario("detached", THREE, arguments=("-detach",)),
    Scenario("import", THREE, verb="import", prepare=nothing),
    Scenario("resume-never-ran", THREE, prepare=then(imported, kill_at("engine", "sendto", 2)), open_step=2),
    Scenario("resume-finished", THREE, prepare=then(imported, kill_at("starter", "execve", 2)), open_step=2),
    Scenario("resume-running", (Step(), SLOW, Step()), live=orphan(2), open_step=2),
    Scenario("resume-lost", THREE, prepare=LOSE_STEP_2, open_step=2, unknown=True),
    Scenario("decide-rerun", THREE, {2: 2}, arguments=("-rerunstep=2",), prepare=then(LOSE_STEP_2, unknown), open_step=2, unknown=True),
    Scenario("decide-complete", THREE, arguments=("-setstepcomplete=2", "-reason=looked"), prepare=then(LOSE_STEP_2, unknown), open_step=2,
             unknown=True),
    Scenario("decide-last", THREE, arguments=("-setstepcomplete=3", "-reason=looked"), prepare=then(LOSE_STEP_3, unknown), open_step=3,
             unknown=True),
]


def find(name):
    return next(scenario for scenario in SCENARIOS if scenario.name == name)


def load(world, scenario):
    """The world as it is before the command in which the fault is to be."""
    world.boot_speed = scenario.boot_speed
    if scenario.name not in world.templates:
        world.make(scenario.steps)
        (scenario.prepare or imported)(world)
        world.save(scenario.name)
    world.load(scenario.name)
    if scenario.live:
        scenario.live(world)


def command(world, scenario):
    if scenario.verb == "import":
        return world.import_command()
    return world.execute_command(*scenario.arguments)
