#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Status of a ledger with a million steps and five million attempts: summary, next step and failed list, as a whole command and without what
starting costs. A long runbook is never walked unless it is asked for by its id."""

import contextlib
import json
import sqlite3
import statistics

import bench

RUNS = 50
ATTEMPTS = 5
FAILED_EVERY = 20000
DONE = 0.9
WHOLE_MS = 20
WITHIN_MS = 5

SERVICE_MODEL = """<ServiceModelData><Guid>76f46b4f-1849-4927-9da2-6c349430f349</Guid><Version>1.0</Version><ServiceModelList><ServiceModel>
<Name>Model</Name><SelectedForUpdate>true</SelectedForUpdate><StopScript><FileName>Stop.sh</FileName><Automated>true</Automated>
<Description>Stop</Description></StopScript></ServiceModel></ServiceModelList></ServiceModelData>"""
TOPOLOGY = """<TopologyData><Name>bench</Name><MachineList><Machine><Name>localhost</Name><ServiceModelList><string>Model</string>
</ServiceModelList></Machine></MachineList></TopologyData>"""

COLUMNS = ("Step, Number, State, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder, LogPath, UserName, EndedNs, DurationNs, ExitCode,"
           " CpuUs, PeakMemoryKb")
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"


class StatusBench(bench.Bench):
    def __init__(self):
        super().__init__(__doc__, [("--steps", 1000000)])
        self.ledger = self.folder / "ledger" / "ledger.db"
        self.make_runbook()
        with contextlib.closing(sqlite3.connect(self.ledger, isolation_level=None)) as db:
            self.grow(db)

    def make_runbook(self):
        scripts = self.folder / "package" / "Model" / "Scripts"
        scripts.mkdir(parents=True)
        (scripts / "Stop.sh").write_text("#!/bin/sh\n", encoding="utf-8")
        (self.folder / "models.xml").write_text(SERVICE_MODEL, encoding="utf-8")
        (self.folder / "topology.xml").write_text(TOPOLOGY, encoding="utf-8")
        runbook = self.folder / "bench.xml"
        package = f"-packagepath={self.folder / 'package'}"
        self.call([self.program, "generate", "-runbookid=bench", f"-topologyfile={self.folder / 'topology.xml'}", package,
                   f"-servicemodelfile={self.folder / 'models.xml'}", f"-runbookfile={runbook}"])
        self.call([self.program, "import", f"-runbookfile={runbook}", package, f"-ledger={self.ledger}"])

    def grow(self, db):
        """Makes many of the one step, past the rules of the schema, which come back behind it."""
        steps = self.arguments.steps
        done = int(steps * DONE)
        rules = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        db.execute("BEGIN")
        for name, _ in rules:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM Step WHERE Number > 1")
        state = f"CASE WHEN {{0}} > {done} THEN 0 WHEN {{0}} % {FAILED_EVERY} = 0 THEN 3 ELSE 2 END"
        db.execute(f"INSERT INTO Step (Key, State, AttemptCount, Script, Kind, Machine, Description) {NUMBERS.format(first=2, last=steps)}"
                   f" SELECT (Step.Key & ~4294967295) + i, {state.format('i')}, CASE WHEN i > {done} THEN 0 ELSE {ATTEMPTS} END, Script, Kind,"
                   " Machine, 'Stop script for service model: Model on machine: localhost ' || i FROM n, Step WHERE Step.Number = 1")
        db.execute(f"UPDATE Step SET State = 2, AttemptCount = {ATTEMPTS} WHERE Number = 1")
        db.execute(f"INSERT INTO Attempt ({COLUMNS}) {NUMBERS.format(first=1, last=ATTEMPTS)}"
                   f" SELECT Key, i, CASE WHEN i < {ATTEMPTS} THEN 3 ELSE State END, 'boot', 1, 1, 'digest', '/folder', '/folder/log', 'root', 2,"
                   f" 1, CASE WHEN i < {ATTEMPTS} THEN 1 ELSE 0 END, 1, 1 FROM Step CROSS JOIN n WHERE AttemptCount > 0 ORDER BY 1, 2")
        failed = done // FAILED_EVERY
        db.execute("UPDATE Runbook SET StepCount = ?, NotStarted = ?, Completed = ?, Failed = ?, NextStep = ?, StartedNs = 1, EndedNs = 2",
                   (steps, steps - done, done - failed, failed, FAILED_EVERY))
        for _, sql in rules:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def contestant(self, *words):
        command = [self.program, *words]

        def measure(_):
            runs = self.run_all(command, RUNS)
            return bench.Run(statistics.median(one.seconds for one in runs), runs[0].rss_mib * 1024)
        return measure

    def check(self):
        """That it is the truth which is so quick."""
        standing = json.loads(self.call([self.program, "status", "-json", f"-ledger={self.ledger}"]))["runbooks"][0]
        failed = int(self.arguments.steps * DONE) // FAILED_EVERY
        assert standing["stepCount"] == self.arguments.steps and standing["counts"]["Failed"] == failed == len(standing["troubled"])
        assert standing["next"]["step"] == FAILED_EVERY == standing["troubled"][0]["step"]


def main():
    run = StatusBench()
    run.check()
    ledger = f"-ledger={run.ledger}"
    print(f"status of {run.arguments.steps} steps, medians of {run.arguments.rounds} rounds of {RUNS} runs")
    seconds = run.in_turn({
        "runbook --version": run.contestant("--version"),
        "status -json": run.contestant("status", "-json", ledger),
        "status -json -summary": run.contestant("status", "-json", "-summary", "-runbookid=bench", ledger),
        "status": run.contestant("status", ledger),
    })
    for name in ("status -json", "status -json -summary", "status"):
        run.at_most(f"{name}, whole command", seconds[name] * 1000, WHOLE_MS, "ms")
        run.at_most(f"{name}, without starting", (seconds[name] - seconds["runbook --version"]) * 1000, WITHIN_MS, "ms")
    run.end()


main()
