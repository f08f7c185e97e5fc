#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes ledgers for reports by real runs: ledgers.py RUNBOOK FOLDER STEPS

A package of two machines, of which most steps succeed at once. Some fail, are tried again, time out, are skipped, are done by hand, or ask for somebody;
who decides about them is this script. The machine's second run is the one to report on: the first is there to compare with. At the end the times in
the ledger are stretched, always in the same way, to those of a long night, with a pause for breakfast.
"""

import os
import pathlib
import random
import sqlite3
import subprocess
import sys

KINDS = ("Stop", "Backup", "Update", "Start")
SCRIPTS = {
    "plain": "echo 'step $RUNBOOK_STEP of $RUNBOOK_ID: done'\n",
    "flaky": "[ \"$RUNBOOK_ATTEMPT\" -gt 1 ] || { echo 'connecting to db01.example.com:5432'; echo 'psql: error: connection to server at "
             "\"db01.example.com\" (10.0.4.17), port 5432 failed: Connection refused'; echo '\tIs the server running on that host and "
             "accepting TCP/IP connections?'; exit 2; }\necho connected\n",
    "broken": "[ -e \"$RUNBOOK_PACKAGE_ROOT/mended-$RUNBOOK_STEP\" ] || { echo 'copying 1,204 files'; echo \"cp: error writing "
              "'/srv/app/releases/8.2.1/bin/resources/labels.de.resx': No space left on device\" >&2; echo 'rolled back'; exit 1; }\n"
              "echo copied\n",
    "given-up": "echo 'warming up the cache'; echo 'java.lang.IllegalStateException: <init> of \"ReportCache\" & 3 others'; echo '\tat "
                "com.example.report.CacheWarmer.warm(CacheWarmer.java:211)'; exit 70\n",
    "slow": "[ -e \"$RUNBOOK_PACKAGE_ROOT/mended-$RUNBOOK_STEP\" ] || { echo 'waiting for 3 workers to finish'; kill -KILL $$; }\necho ended\n",
    "needless": "echo skip='this service has no local data' >>\"$RUNBOOK_RESULT\"\n",
}


def special(index, count):
    """What becomes of the steps of a service model."""
    wishes = {0: {"Start": "broken"}, 1: {"Backup": "needless", "Update": "flaky"}}
    if count > 20:
        wishes.update({4: {"Update": "broken"}, 5: {"Start": "given-up"}, 7: {"Stop": "slow"}, 9: {"Backup": "flaky"}})
    if count > 200:
        wishes.update({60: {"Update": "broken"}, 130: {"Start": "given-up"}, 190: {"Update": "flaky"}})
    return wishes.get(index, {})


class Maker:
    def __init__(self, program, folder, count):
        self.program, self.folder, self.count = program, pathlib.Path(folder).resolve(), count
        self.package = self.folder / "package"
        self.models = max(3, round((count - 2) / 5) + 1)
        self.environment = dict(os.environ, RUNBOOK_LEDGER=str(self.folder / "ledger.db"), RUNBOOK_CONF="/nonexistent",
                                SUDO_USER="", LC_ALL="C.UTF-8")

    def run(self, *words):
        result = subprocess.run([self.program, *words, "-machine=app01"], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        return result.returncode, result.stdout

    def must(self, *words):
        code, output = self.run(*words)
        if code:
            raise SystemExit(f"{words}: exit {code}\n{output}")

    def name(self, index):
        names = ("ShopDatabase", "ShopWeb", "ShopReport", "OrderRouter", "LabelPrinter")
        return names[index] if index < len(names) else f"Service{index + 1:03}"

    def kinds(self, index):
        """The last service model is on the second machine, and only updated there."""
        return ("Update",) if index == self.models - 1 else KINDS[1:] if index == 1 else KINDS

    def write_model(self, index, version):
        scripts = self.package / self.name(index) / "Scripts"
        scripts.mkdir(parents=True, exist_ok=True)
        (scripts / "InstallationInfo.xml").write_text(
            f"<ServiceModelInstallationInfo><Name>{self.name(index)}</Name><Version>{version}</Version></ServiceModelInstallationInfo>\n")
        phases = []
        for kind in self.kinds(index):
            body = SCRIPTS[special(index, self.count).get(kind, "plain") if version > "8.2.0" else "plain"]
            (scripts / f"{kind}.sh").write_text("#!/bin/sh\n" + body)
            retries = 2 if body is SCRIPTS["flaky"] else 0
            phases.append(f"<{kind}Script><FileName>{kind}.sh</FileName><Automated>true</Automated><Description/>"
                          f"<RetryCount>{retries}</RetryCount></{kind}Script>")
        return f"<ServiceModel><Name>{self.name(index)}</Name>{''.join(phases)}</ServiceModel>"

    def write_package(self, version):
        models = "".join(self.write_model(index, version) for index in range(self.models))
        self.package.mkdir(parents=True, exist_ok=True)
        (self.package / "DefaultServiceModelData.xml").write_text(
            "<ServiceModelData><Guid>76f46b4f-1849-4927-9da2-6c349430f349</Guid>"
            f"<Version>{version}</Version><ServiceModelList>{models}</ServiceModelList></ServiceModelData>\n")

    def write_topology(self):
        machines = {"app01": range(self.models - 1), "print02": range(self.models - 1, self.models)}
        listed = "".join(
            f"<Machine><Name>{machine}</Name><ServiceModelList>" + "".join(f"<string>{self.name(i)}</string>" for i in indexes) +
            "</ServiceModelList></Machine>" for machine, indexes in machines.items())
        (self.folder / "topology.xml").write_text(
            f"<TopologyData><Name>night</Name><MachineList>{listed}</MachineList><BackupScript><FileName/><Automated>false</Automated>"
            "<Description>Take a snapshot of both machines, then set this step to completed</Description></BackupScript></TopologyData>\n")

    def import_run(self, runbook_id, version):
        self.write_package(version)
        self.write_topology()
        self.must("generate", f"-runbookid={runbook_id}", f"-topologyfile={self.folder / 'topology.xml'}",
                  f"-servicemodelfile={self.package / 'DefaultServiceModelData.xml'}",
                  f"-runbookfile={self.package / (runbook_id + '.xml')}", "-etwmanifest=never")
        self.must("import", f"-runbookfile={self.package / (runbook_id + '.xml')}")

    def status(self, runbook_id):
        database = sqlite3.connect(self.folder / "ledger.db")
        row = database.execute("SELECT s.Step, s.State, s.Machine, s.FileName, s.ServiceModel FROM StepStatus s WHERE RunbookId = ? AND State NOT IN "
                               "('Completed', 'Skipped') ORDER BY Step LIMIT 1", (runbook_id,)).fetchone()
        database.close()
        return row

    def decide(self, row, runbook_id):
        """What the people of that night did about the step that the run stopped at; the words of the next execute."""
        step, state, machine, file_name, model = row
        body = (self.package / model / "Scripts" / file_name).read_text() if file_name else ""
        if machine == "print02":
            return (f"-setstepcomplete={step}", "-reason=done on print02 by Ines")
        if not file_name or state == "NotStarted":
            return (f"-setstepcomplete={step}", "-reason=snapshot night-2 of both machines taken")
        if "CacheWarmer" in body:
            return (f"-setstepcomplete={step}", "-reason=known: the cache fills itself; ticket OPS-2214")
        (self.package / f"mended-{step}").touch()
        return (f"-rerunstep={step}", "-reason=disk extended by 20 GB" if "copying" in body else "-reason=workers were stuck, killed by hand")

    def execute(self, runbook_id, leave_at, always=()):
        """Goes on until all is done, or stops before somebody decides about the step that `leave_at` names."""
        words = ()
        while True:
            self.run("execute", f"-runbookid={runbook_id}", "-retrypause=0", "-quiet", *words, *always)
            row = self.status(runbook_id)
            if not row or leave_at(row):
                return
            words = self.decide(row, runbook_id)

    def stretch(self):
        """Only for pictures and their tests: the rules of the ledger are taken away, and with them that it tells the truth about times."""
        database = sqlite3.connect(self.folder / "ledger.db")
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        dice = random.Random(4711)
        for key, runbook_id in database.execute("SELECT Key, Id FROM Runbook ORDER BY Key").fetchall():
            self.stretch_run(database, dice, key)
        database.commit()
        database.execute("PRAGMA journal_mode = DELETE")
        database.close()

    def stretch_run(self, database, dice, key):
        begin = clock = (1794960000 + key * 7 * 86400 + 20 * 3600) * 10**9
        low, high = key << 32, (key << 32) + 2**32 - 1
        events = [(time, "Attempt", step, number) for step, number, time in
                  database.execute("SELECT Step, Number, StartedNs FROM Attempt WHERE Step BETWEEN ? AND ?", (low, high))]
        events += [(time, "Override", step, number) for step, number, time in
                   database.execute("SELECT Step, Number, TimeNs FROM Override WHERE Step BETWEEN ? AND ?", (low, high))]
        for time, table, step, number in sorted(events):
            if table == "Override":
                clock += int(dice.choice((4, 9, 38, 200)) * 60 * 10**9)
                database.execute("UPDATE Override SET TimeNs = ? WHERE Step = ? AND Number = ?", (clock, step, number))
                continue
            clock += dice.randrange(20, 900) * 10**6
            # The same step takes about as long each time.
            usual = random.Random((step & 0xffffffff) + 99).choice((0.6, 2, 3, 7, 12, 25, 40, 95, 240))
            length = int(usual * dice.uniform(0.8, 1.3) * 10**9)
            database.execute("UPDATE Attempt SET StartedNs = ?, EndedNs = ?, DurationNs = ? WHERE Step = ? AND Number = ? AND EndedNs IS NOT NULL",
                             (clock, clock + length, length, step, number))
            clock += length
        database.execute("UPDATE Attempt SET State = 4, Signal = NULL, Reason = 'ran longer than its 20 minutes' WHERE Signal = 9 AND"
                         " Step BETWEEN ? AND ?", (low, high))
        database.execute("UPDATE Component SET InstalledNs = (SELECT max(EndedNs) FROM Attempt WHERE Attempt.Step = (? << 32) + Component.Step)"
                         " WHERE RunbookId = (SELECT Id FROM Runbook WHERE Key = ?)", (key, key))
        database.execute("UPDATE Runbook SET StartedNs = ?, EndedNs = ? WHERE Key = ?", (begin, clock, key))


def main():
    program, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    maker = Maker(program, folder, count)
    maker.import_run("night-1", "8.2.0")
    # The largest has been done in part only: nobody waits longer than the pictures need.
    maker.execute("night-1", lambda row: count > 200 and row[0] > count // 5, ("-untilstep=%d" % (count // 5 + 1),) if count > 200 else ())
    maker.import_run("night-2", "8.2.1")
    # The largest is reported on while somebody has yet to decide.
    maker.execute("night-2", lambda row: count > 200 and row[4] == "Service131" and row[3] == "Start.sh")
    maker.stretch()


main()
