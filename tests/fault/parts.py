# SPDX-License-Identifier: MIT
"""The parts of the harness, and how much of each a short and a full run do."""

import collections

import clocks
import controls
import cuts
import disasters
import errors
import floods
import kills
import processes
import races
import restores
import swaps
from world import World


def always(_folder, _tools):
    return ""


def as_many_as_cores(jobs):
    return jobs


def one(_jobs):
    return 1


def two_times(jobs):
    """For what waits half of its time."""
    return 2 * jobs


def four_times(jobs):
    """For what mostly waits."""
    return 4 * jobs


FIELDS = {
    "name": None,
    "about": None,
    "list_cases": None,           # world → cases
    "run": None,                  # world, case → (whether the fault happened, what it showed)
    "short": None,                # cases of a short run
    "full": None,                 # cases of a full run
    "world": World,
    "control": False,             # breaks a rule: something must be found
    "why_not": always,            # folder, tools → why it cannot be done here
    "workers": as_many_as_cores,
}
Part = collections.namedtuple("Part", FIELDS, defaults=list(FIELDS.values())[6:])

PARTS = [
    Part("kills", "SIGKILL at every point", kills.list_cases, kills.run_case, 1030, 10300,
         workers=two_times),
    Part("control-started", "the record that a script began is lost", kills.list_cases_started, controls.kill_without_started, 30, 100, control=True),
    Part("control-survivors", "nobody sees what outlives its supervisor", kills.list_cases_lasting, kills.run_case, 20, 60, control=True,
         world=controls.BlindEngineWorld),
    Part("cuts", "power cuts at every point", cuts.list_cases, cuts.run_case, 210, 2100, world=cuts.DiskWorld, why_not=cuts.why_not),
    Part("control-journal", "the ledger keeps SQLite's default journal", cuts.list_cases_after, cuts.run_case, 20, 60,
         world=cuts.BadJournalWorld, control=True, why_not=cuts.why_not),
    Part("control-sync", "no sync does anything", cuts.list_cases, controls.cut_without_sync, 30, 100, world=cuts.DiskWorld, control=True,
         why_not=cuts.why_not),
    Part("control-supervisor-sync", "the supervisor's records are not synced", cuts.list_cases, controls.cut_without_supervisor_sync, 100, 100,
         world=cuts.DiskWorld, control=True, why_not=cuts.why_not),
    Part("errors", "calls that fail, once and for ever", errors.list_cases, errors.run_case, 620, 5300),
    Part("control-writes", "writes to the ledger are dropped without an error", errors.list_cases, controls.error_with_dropped_writes, 30, 100,
         control=True),
    Part("disasters", "disk full, gone or read-only; package deleted", disasters.list_cases, disasters.run_case, 60, 600, world=cuts.DiskWorld,
         why_not=cuts.why_not),
    Part("swaps", "SIGKILL at every point of apply and restore", swaps.list_kills, swaps.run_kill, 100, 3000),
    Part("swap-errors", "a full or broken disk at every point of apply and restore", swaps.list_errors, swaps.run_error, 100, 3000),
    Part("swap-cuts", "power cuts at every point of apply and restore", swaps.list_cuts, swaps.run_cut, 30, 1000, world=cuts.DiskWorld,
         why_not=cuts.why_not),
    Part("swap-renames", "SIGKILL around the renames of apply and restore where two folders cannot change places", swaps.list_renames,
         swaps.run_kill, 40, 40),
    Part("control-renames", "the journal of the two renames is lost", swaps.list_between, controls.kill_without_journal, 3, 3, control=True),
    Part("control-swaps", "the target is written in place", swaps.list_copies, swaps.run_kill, 10, 60, control=True),
    Part("restores", "SIGKILL at every point of executerestore", restores.list_kills, restores.run_kill, 80, 2000),
    Part("restore-errors", "a full or broken disk at every point of executerestore", restores.list_errors, restores.run_error, 60, 1500),
    Part("processes", "what steps do with processes, and people with terminals", processes.list_cases, processes.run_case, 180, 3000,
         workers=four_times),
    Part("control-processes", "the supervisor sees no processes", processes.list_trees, processes.run_case, 8, 40,
         world=controls.BlindWorld, control=True, workers=four_times),
    Part("timeout-minute", "a timeout by the real clock", processes.list_minutes, processes.run_minute, 0, 4, workers=four_times),
    Part("races", "two engines at once", races.list_cases, races.run_case, 40, 1000, workers=two_times),
    Part("control-locks", "the kernel's locks hold nobody off", races.list_cases, controls.race_without_locks, 8, 20, control=True),
    Part("clock", "the wall clock jumps an hour", clocks.list_cases, clocks.run_case, 24, 200, workers=four_times),
    Part("control-clock", "the boot clock jumps with it", clocks.list_durations, clocks.run_case, 8, 40, world=clocks.BadClockWorld,
         control=True, workers=four_times),
    Part("flood", "a step that writes 1 GiB", floods.list_cases, floods.run_case, 1, 1, workers=one),
    Part("flood-10-gib", "a step that writes 10 GiB", floods.list_big, floods.run_case, 0, 1, workers=one),
    Part("control-flood", "the log has no cap", floods.list_small, controls.flood_without_cap, 1, 1, control=True, workers=one),
]


def find(name):
    return next(part for part in PARTS if part.name == name)
