#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A thousand steps of a one-line sh script: runbook against ninja, GNU parallel and the limit."""

import datetime
import shutil
import statistics
import xml.etree.ElementTree

import bench

STEP = """<Step><ID>{number}</ID><Description>Update script for service model: Bench on machine: localhost</Description>\
<MachineName>localhost</MachineName><ServiceModelName>Bench</ServiceModelName><ScriptToExecute><FileName>step.sh</FileName>\
<Automated>true</Automated><Description>one line</Description><RetryCount>0</RetryCount></ScriptToExecute>\
<StartTime>0001-01-01T00:00:00</StartTime><EndTime>9999-12-31T23:59:59.9999999</EndTime><StepState>NotStarted</StepState></Step>
"""
RUNBOOK = """<?xml version="1.0" encoding="utf-8"?>
<RunbookData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<RunbookID>{runbook}</RunbookID><RunbookTopologyData /><RunbookServiceModelData /><RunbookStepList>
{steps}</RunbookStepList><RunbookLogs /></RunbookData>
"""


class StepBench(bench.Bench):
    KEEPS_FILES = True

    def __init__(self):
        super().__init__(__doc__, [("--steps", 1000)])
        self.steps = self.arguments.steps
        self.package = self.folder / "package"
        self.script = self.package / "Bench" / "Scripts" / "step.sh"
        self.script.parent.mkdir(parents=True)
        self.script.write_text("#!/bin/sh\necho step\n", encoding="utf-8")
        self.durations = []

    def new_folder(self, name, number):
        folder = self.folder / f"{name}-{number}"
        folder.mkdir()
        return folder

    def ours(self, number):
        folder, runbook = self.new_folder("ours", number), f"bench-{number}"
        steps = "".join(STEP.format(number=step) for step in range(1, self.steps + 1))
        (folder / "runbook.xml").write_text(RUNBOOK.format(runbook=runbook, steps=steps), encoding="utf-8")
        ledger = f"-ledger={folder / 'ledger.db'}"
        self.call([self.program, "import", f"-runbookfile={folder / 'runbook.xml'}", f"-packagepath={self.package}", ledger])
        run = self.run([self.program, "execute", f"-runbookid={runbook}", ledger])
        self.call([self.program, "export", f"-runbookid={runbook}", f"-runbookfile={folder / 'done.xml'}", ledger])
        self.durations.append(read_durations(folder / "done.xml", self.steps))
        return run

    def ninja(self, number):
        folder = self.new_folder("ninja", number)
        rules = f"rule step\n  command = sh {self.script}\n"
        (folder / "build.ninja").write_text(rules + "".join(f"build {step}: step\n" for step in range(self.steps)), encoding="utf-8")
        return self.run(["ninja", "-j1"], cwd=folder)

    def two_commits(self, number):
        return self.run([self.limit, self.steps, self.script, self.new_folder("limit", number)])

    def parallel(self, number):
        folder = self.new_folder("parallel", number)
        return self.run(["parallel", "--will-cite", "-j1", "--joblog", folder / "log", "sh", self.script, ":::", *range(self.steps)], cwd=folder)


def read_durations(path, steps):
    """Seconds from the start of one step to the start of the next, by what the export says; every step must be completed."""
    document = xml.etree.ElementTree.parse(path)
    states = [element.text for element in document.iterfind("RunbookStepList/Step/StepState")]
    assert states == ["Completed"] * steps, f"{path}: not every step is completed"
    # Seven fraction digits are one too many for python.
    starts = [datetime.datetime.fromisoformat(element.text[:26]) for element in document.iterfind("RunbookStepList/Step/StartTime")]
    return [(after - before).total_seconds() for before, after in zip(starts, starts[1:])]


def main():
    run = StepBench()
    contestants = {"runbook execute": run.ours, "ninja -j1": run.ninja, "limit with two commits": run.two_commits}
    print(f"{run.steps} steps in sequence, medians of {run.arguments.rounds} rounds")
    seconds = run.in_turn(contestants)
    if shutil.which("parallel"):
        # Afterwards: it deletes two files a step, and ext4 is slow with new ones for a while after that.
        seconds |= run.in_turn({"parallel -j1 --joblog": run.parallel})
    else:
        print("  GNU parallel is not installed: not compared with it")
    ours = seconds["runbook execute"]
    run.at_most("runbook / ninja", ours / seconds["ninja -j1"], 1.0)
    run.at_most("runbook / limit", ours / seconds["limit with two commits"], 1.5)
    if "parallel -j1 --joblog" in seconds:
        run.at_least("parallel / runbook", seconds["parallel -j1 --joblog"] / ours, 2.5)
    edge = min(100, run.steps // 2)
    first = statistics.median(statistics.median(durations[:edge]) for durations in run.durations)
    last = statistics.median(statistics.median(durations[-edge:]) for durations in run.durations)
    run.at_most(f"last {edge} steps / first {edge}", last / first, 1.1)
    run.end()


main()
