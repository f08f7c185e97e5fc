# SPDX-License-Identifier: MIT
"""Negative controls: the same cases with one rule broken on purpose. A test that cannot fail is none."""

import cuts
import errors
import floods
import kills
import races
import swaps
from world import World


def forget_started(world):
    for path in world.package.glob("RunbookWorkingFolder/**/started"):
        path.unlink()


def kill_without_started(world, case):
    """`started` is gone when the next engine looks."""
    return kills.run_case(world, case, afterwards=forget_started)


def forget_journal(world):
    (world.now / ".target.runbook" / "journal").unlink()


def kill_without_journal(world, case):
    """The journal of two renames is gone when the next swap looks."""
    return swaps.run_kill(world, case, afterwards=forget_journal)


def cut_without_sync(world, case):
    """Nobody's syncs do anything."""
    return cuts.run_case(world, case, lies=("-lie=any:fsync,fdatasync",))


def cut_without_supervisor_sync(world, case):
    """Only the supervisor's records are not durable."""
    return cuts.run_case(world, case, lies=("-lie=supervisor:fsync,fdatasync",))


def error_with_dropped_writes(world, case):
    """What the engine writes into the ledger goes nowhere."""
    return errors.run_case(world, case, lies=("-lie=engine:pwrite64",))


def race_without_locks(world, case):
    """Every lock is had at once."""
    return races.run_case(world, case, lies=("-lie=any:flock",))


def flood_without_cap(world, case):
    """The log may grow as it likes."""
    return floods.run_case(world, case, cap=None)


class BlindWorld(World):
    """Whoever lists a folder there, /proc too, finds it empty: so does the supervisor that looks for what its step left behind."""

    def wrapped(self, command):
        return self.traced(["-lie=supervisor:getdents64"], command)

    def unwrapped(self, result):
        return self.report(result)[0]


class BlindEngineWorld(World):
    """The engines that go on after a fault find no processes: nor those of a step that outlived its supervisor."""

    def execute(self, *arguments):
        return self.trace(["-lie=engine:getdents64"], self.execute_command(*arguments))[0]
