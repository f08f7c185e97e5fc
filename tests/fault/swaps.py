# SPDX-License-Identifier: MIT
"""apply and restore, hit at every point: the target is the old folder or the new one, never a mixture; a second run completes.

The world is a folder to replace, what it is to become (a folder and an archive), and a backup folder. `absent` scenarios begin without a
target; then the old one is that there is none. `renamed` ones are on a file system that cannot exchange: there the target may be missing after a
fault, until the next run, be it one that is refused, has finished what was begun.
"""

import collections
import os
import stat
import zipfile

import oracle
from world import end_children

Scenario = collections.namedtuple("Scenario", "verb source absent before options", defaults=((),))
Case = collections.namedtuple("Case", "scenario point what repeat")

CANNOT_EXCHANGE = ("-norenameflags",)

# before: what was done without a fault, so that the backup is there already.
SCENARIOS = {
    "apply": Scenario("apply", "source", False, ()),
    "apply-absent": Scenario("apply", "source", True, ()),
    "apply-archive": Scenario("apply", "source.zip", False, ()),
    "apply-again": Scenario("apply", "source", False, ("apply",)),
    "restore": Scenario("restore", "source", False, ("apply",)),
    "restore-absent": Scenario("restore", "source", True, ("apply",)),
    "apply-renamed": Scenario("apply", "source", False, (), CANNOT_EXCHANGE),
    "apply-archive-renamed": Scenario("apply", "source.zip", False, (), CANNOT_EXCHANGE),
    "apply-absent-renamed": Scenario("apply", "source", True, (), CANNOT_EXCHANGE),
    "restore-renamed": Scenario("restore", "source", False, ("apply",), CANNOT_EXCHANGE),
    # For the control: what a script would do that does not know better.
    "copy": Scenario("copy", "source", False, ()),
}
ROLE = "engine"
CODES = (1, 3, 7)
ABSENT = "no target"

OLD = {"kept": (0o640, b"old " * 3000), "gone/deep": (0o600, b"deep"), "gone/more": (0o755, b"more"), "link": "gone/deep"}
NEW = {"kept": (0o644, b"new " * 3000), "sub/program": (0o755, b"run me"), "sub/dir/file": (0o644, b"file")}


def write_tree(folder, files):
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.symlink_to(content)
            continue
        path.write_bytes(content[1])
        path.chmod(content[0])


def write_archive(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, (mode, data) in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(entry, data)


def read_tree(folder):
    """Every entry of it, as NEW and OLD have them, with the modes of folders; ABSENT if there is none."""
    if not os.path.lexists(folder):
        return ABSENT
    found = {".": oct(folder.stat().st_mode)}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (oct(mode), content)
    return found


def prepare(world, name):
    """The world as it is before the command; and the two states that the target may have."""
    scenario = SCENARIOS[name]
    target = world.now / "target"
    if name not in world.templates:
        world.forget()
        world.now.mkdir(exist_ok=True)
        world.tally_file.write_text("", encoding="ascii")
        if not scenario.absent:
            write_tree(target, OLD)
        write_tree(world.now / "source", NEW)
        write_archive(world.now / "source.zip", NEW)
        states = [read_tree(target)]
        world.save(f"{name}-bare")
        must(world.run_command(command(world, scenario._replace(verb="copy" if scenario.verb == "copy" else "apply"))))
        states.append(read_tree(target))
        world.load(f"{name}-bare")
        for verb in scenario.before:
            must(world.run_command(command(world, scenario._replace(verb=verb))))
        world.save(name)
        world.swap_states = {**getattr(world, "swap_states", {}), name: states}
    world.load(name)
    return world.swap_states[name]


def must(result):
    if result.code:
        raise RuntimeError(f"cannot prepare: {result}")


def command(world, scenario):
    target, backup = world.now / "target", world.now / "backup"
    if scenario.verb == "copy":
        return ["cp", "-R", "--no-target-directory", str(world.now / scenario.source), str(target)]
    source = [f"-source={world.now / scenario.source}"] if scenario.verb == "apply" else []
    return [world.tools.program, scenario.verb, *source, f"-target={target}", f"-backupfolder={backup}"]


def run(world, scenario, options=()):
    return world.trace([*scenario.options, *options], command(world, scenario))


def count(world, name, options=()):
    prepare(world, name)
    _, report = run(world, SCENARIOS[name], options)
    return range(1, report.points[ROLE] + 1)


def find_renames(world):
    """Where the target and the new folder change their names, in the scenarios that cannot exchange: (scenario, point, what is renamed)."""
    for name in names():
        if SCENARIOS[name].options:
            prepare(world, name)
            _, report = run(world, SCENARIOS[name], ["-list"])
            yield from ((name, number, subject) for role, number, call, subject in report.list
                        if role == ROLE and call in ("renameat", "renameat2") and subject in ("target", "new"))


def list_renames(world):
    """At each of them, and at what comes before and after it."""
    return sorted({Case(name, point + shift, "tree", "") for name, point, _ in find_renames(world) for shift in (-1, 0, 1)})


def list_between(world):
    """Exactly between the two."""
    found = list(find_renames(world))
    return [Case(name, point + 1, "tree", "") for name, point, subject in found if subject == "target"]


def names():
    return [name for name in SCENARIOS if name != "copy"]


def list_kills(world):
    return [Case(name, point, victims, "") for name in names() for victims in ("engine", "tree") for point in count(world, name)]


def list_copies(world):
    return [Case("copy", point, "tree", "") for point in count(world, "copy")]


def list_errors(world):
    return [Case(name, point, errno, repeat) for name in names() for errno in ("ENOSPC", "EIO")
            for point in count(world, name, [f"-points={errno}"]) for repeat in ("once", "all")]


def list_cuts(world):
    return [Case(name, point, "", "") for name in names() for point in count(world, name)]


def check_state(world, verdict, allowed, when):
    state = read_tree(world.now / "target")
    verdict.expect(state in allowed, oracle.LOST, f"{when}: the target is neither: {state if state == ABSENT else sorted(state)}")


def check_residue(world, verdict, when):
    left = [path.name for path in world.now.iterdir() if path.name.startswith(".")]
    verdict.expect(not left, oracle.OTHER, f"{when}: left behind: {left}")


def check_fault(world, case, verdict, states, when):
    """The target is whole; where it may be missing, a run that is refused brings it back."""
    scenario = SCENARIOS[case.scenario]
    check_state(world, verdict, [*states, ABSENT] if scenario.options else states, when)
    if scenario.options:
        result, _ = run(world, scenario._replace(verb="apply", source="missing"))
        verdict.expect(result.code == 3, oracle.CODE, f"then a source that is missing: exit {result.code}: {result.err}")
        check_state(world, verdict, states, "then a source that is missing")


def go_on(world, case, verdict, states):
    """A second run completes; then the old folder can be had back."""
    scenario = SCENARIOS[case.scenario]
    old, new = states
    for verb, state in ((scenario.verb, old if scenario.verb == "restore" else new), ("apply", new), ("restore", old)):
        result, _ = run(world, scenario._replace(verb=verb))
        verdict.expect(result.code == 0, oracle.CODE, f"then {verb}: exit {result.code}: {result.err}")
        check_state(world, verdict, [state], f"then {verb}")
    check_residue(world, verdict, "in the end")


def run_kill(world, case, afterwards=None):
    """`afterwards` is called with the world before anybody goes on."""
    verdict = oracle.Verdict()
    states = prepare(world, case.scenario)
    _, report = run(world, SCENARIOS[case.scenario], [f"-at={ROLE}:{case.point}", f"-kill={case.what}"])
    end_children()
    if afterwards:
        afterwards(world)
    check_fault(world, case, verdict, states, "after the kill")
    if case.scenario != "copy":
        go_on(world, case, verdict, states)
    return bool(report.fired), verdict


def run_error(world, case):
    verdict = oracle.Verdict()
    states = prepare(world, case.scenario)
    result, report = run(world, SCENARIOS[case.scenario], [f"-points={case.what}", f"-at={ROLE}:{case.point}", f"-error={case.repeat}"])
    end_children()
    verdict.expect(result.code in (0, *CODES), oracle.CODE, f"exit {result.code}: {result.err}")
    verdict.expect(result.code == 0 or ": " in result.err, oracle.OTHER, f"the message says nothing: {result.err!r}")
    reached = states[0 if SCENARIOS[case.scenario].verb == "restore" else 1]
    if result.code == 0:
        check_state(world, verdict, [reached], "after exit 0")
    check_fault(world, case, verdict, states, f"after exit {result.code}")
    go_on(world, case, verdict, states)
    return bool(report.fired), verdict


def run_cut(world, case):
    verdict = oracle.Verdict()
    states = prepare(world, case.scenario)
    _, report = run(world, SCENARIOS[case.scenario], [f"-at={ROLE}:{case.point}", f"-cut={world.now}"])
    end_children()
    world.unmount()
    world.mount()
    check_fault(world, case, verdict, states, "after the cut")
    go_on(world, case, verdict, states)
    return bool(report.fired), verdict
