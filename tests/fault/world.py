# SPDX-License-Identifier: MIT
"""One worker's small world: a package of tiny steps, a ledger in which its runbook is imported, and the program to run on them.

Everything lies below one folder of a memory file system, so that making and forgetting a world costs milliseconds. A world is made once as
a template and copied for every point; it always lies at the same path, because ledgers hold absolute paths.

The witness is the file `tally` that the steps append to: `STEP ATTEMPT begin` first of all, `STEP ATTEMPT end` last of all. It is what really
happened, whatever the ledger says. It survives everything that is simulated here: it is never on the file system whose power is cut.
"""

import collections
import ctypes
import os
import pathlib
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import time

RUNBOOK = "F1"
MACHINE = "here"
MODEL = "Service"
COMMAND_SECONDS = 90  # whatever takes longer hangs
OURS_SECONDS = 2.0
# The program's wall clock is ahead of that of its files: they look as those of a package do, untouched for an hour. Only then is a step made ready ahead.
SETTLED_NS = 3600 * 10**9

Tools = collections.namedtuple("Tools", "program tracer clock journal")
Step = collections.namedtuple("Step", "body retries timeout_min", defaults=("", 0, 0))
Result = collections.namedtuple("Result", "code out err seconds")

PR_SET_CHILD_SUBREAPER = 36


def patience():
    """How many times as long as the program that is shipped, on an idle machine, everything may take."""
    return float(os.environ.get("FAULT_PATIENCE", "1"))


def become_reaper():
    """Whatever loses its parent becomes our child, so that nothing is overlooked."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children():
    """Our children that still live, as (pid, name)."""
    found = []
    for pid in pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split():
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if stat.rpartition(")")[2].split()[0] != "Z":
            found.append((int(pid), stat.partition("(")[2].rpartition(")")[0]))
    return found


def wait_for_ours():
    """Our own that had nothing to do end with the engine, but a moment later."""
    until = time.monotonic() + OURS_SECONDS * patience()
    while any(name.startswith("runbook") for _, name in children()) and time.monotonic() < until:
        time.sleep(0.005)


def wait_for(process, seconds):
    """The exit code, or "hangs" after killing it. Popen.wait would look only every 50 ms."""
    if process.poll() is not None:
        return process.returncode
    fd = os.pidfd_open(process.pid)
    ended = select.select([fd], [], [], seconds)[0]
    os.close(fd)
    if ended:
        return process.wait()
    process.kill()
    process.wait()
    return "hangs"


def end_children():
    """Kills what is left below us, whole trees, and waits for it."""
    while True:
        for pid, _ in children():
            os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def script_text(step):
    return (f'#!/bin/sh\ntally=$RUNBOOK_PACKAGE_ROOT/tally\necho "$RUNBOOK_STEP $RUNBOOK_ATTEMPT begin" >>"$tally"\n'
            f'{step.body}\necho "$RUNBOOK_STEP $RUNBOOK_ATTEMPT end" >>"$tally"\n')


class Report:
    """What the tracer tells: how the command ended, how many points each role had, where the fault was and whom it killed."""

    def __init__(self, text):
        self.points, self.killed, self.list, self.fired, self.status = {}, {}, [], "", "no report"
        for line in text.splitlines():
            name, _, value = line.partition("=")
            if name == "point":
                role, number, call, subject = (value.split(" ", 3) + [""])[:4]
                self.list.append((role, int(number), call, subject))
            elif name == "fired":
                self.fired = value
            elif name == "status":
                self.status = int(value)
            elif name.startswith("killed_"):
                self.killed[name[7:]] = int(value)
            else:
                self.points[name] = int(value)


class World:
    """The folder of one worker. `now` is where everything happens; what is beside it outlives a power cut."""

    def __init__(self, folder, tools):
        self.folder = pathlib.Path(folder)
        self.tools = tools
        self.now = self.folder / "now"
        self.package = self.now / "package"
        self.ledger = self.now / "ledger.db"
        self.tally_file = self.folder / "tally"
        self.templates = {}
        self.boot_speed = 0
        self.folder.mkdir(parents=True, exist_ok=True)
        self.wall = self.folder / "wall"
        self.set_wall(SETTLED_NS)

    def set_wall(self, off_ns):
        """In place: the file is mapped by who reads it."""
        with open(self.wall, "r+b" if self.wall.exists() else "w+b") as file:
            file.write(struct.pack("=q", off_ns))

    # ---- Making ----

    def forget(self):
        end_children()
        if self.now.exists():
            shutil.rmtree(self.now)

    def close(self):
        end_children()

    def make(self, steps):
        """A package with these steps, and their runbook."""
        self.forget()
        scripts = self.package / MODEL / "Scripts"
        scripts.mkdir(parents=True)
        for number, step in enumerate(steps, 1):
            (scripts / f"step{number}.sh").write_text(script_text(step), encoding="utf-8")
        (self.package / "tally").symlink_to(self.tally_file)
        (self.package / "runbook.xml").write_text(runbook_text(steps), encoding="utf-8")
        self.tally_file.write_text("", encoding="ascii")

    def import_command(self):
        return self.command("import", f"-runbookfile={self.package / 'runbook.xml'}")

    def import_runbook(self):
        result = self.run_command(self.import_command())
        if result.code:
            raise RuntimeError(f"cannot import: {result.err}")

    def save(self, name):
        """Keeps the world as it is now as a template."""
        end_children()
        template = self.folder / f"template-{name}"
        shutil.rmtree(template, ignore_errors=True)
        shutil.copytree(self.now, template, symlinks=True)
        self.templates[name] = self.tally_file.read_bytes()

    def load(self, name):
        self.forget()
        shutil.copytree(self.folder / f"template-{name}", self.now, symlinks=True)
        self.tally_file.write_bytes(self.templates[name])

    # ---- Running ----

    def command(self, verb, *arguments):
        return [self.tools.program, verb, f"-ledger={self.ledger}", f"-machine={MACHINE}", *arguments]

    def execute_command(self, *arguments):
        return self.command("execute", f"-runbookid={RUNBOOK}", "-retrypause=0", "-grace=1", *arguments)

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "NO_COLOR": "1", "LD_PRELOAD": " ".join(self.preloaded()),
                "FAULT_BOOT_SPEED": str(self.boot_speed or 1), "FAULT_WALL_FILE": str(self.wall), **sanitizers()}

    def preloaded(self):
        """Libraries that change the program from outside."""
        return [self.tools.clock]

    def start(self, command, name="out", environment=None):
        """Starts a command whose output goes into files beside the world."""
        with open(self.folder / f"{name}.out", "wb") as out, open(self.folder / f"{name}.err", "wb") as err:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment or self.environment(),
                                    cwd=self.folder)

    def traced(self, options, command, name="out"):
        """A command under the tracer; its report is then read with `report`."""
        return [self.tools.tracer, f"-report={self.folder / name}.report", *options, "--", *command]

    def report(self, result, name="out"):
        """The result of the command itself, and the tracer's report."""
        report = Report(self.text(f"{name}.report"))
        if report.status == "no report":
            raise RuntimeError(f"the tracer gave no report: {result}")
        return (result if result.code == "hangs" else result._replace(code=report.status)), report

    def wrapped(self, command):
        """How a command is run that is not to fail."""
        return command

    def unwrapped(self, result):
        return result

    def trace(self, options, command):
        return self.report(self.run_command(self.traced(options, command)))

    def finish(self, process, begun, name="out"):
        code = wait_for(process, COMMAND_SECONDS)
        return Result(code, self.text(f"{name}.out"), self.text(f"{name}.err"), time.monotonic() - begun)

    def run_command(self, command, name="out", environment=None):
        begun = time.monotonic()
        return self.finish(self.start(command, name, environment), begun, name)

    def run(self, verb, *arguments):
        return self.run_command(self.command(verb, *arguments))

    def execute(self, *arguments):
        return self.run_command(self.execute_command(*arguments))

    def text(self, name):
        return (self.folder / name).read_text(encoding="utf-8", errors="replace")

    def background_output(self):
        """What a command said after -detach."""
        path = pathlib.Path(f"{self.ledger}-locks") / f"{RUNBOOK}~output"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    # ---- Looking ----

    def tally(self):
        """What really happened: a list of (step, attempt, "begin" or "end")."""
        lines = (line.split() for line in self.tally_file.read_text(encoding="ascii", errors="replace").splitlines())
        return [(int(words[0]), int(words[1]), words[2]) for words in lines]

    def query(self, sql):
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as database:
            rows = database.execute(sql).fetchall()
        database.close()
        return rows

    def states(self):
        """{step: state}"""
        return dict(self.query(f"SELECT Step, State FROM StepStatus WHERE RunbookId = '{RUNBOOK}' ORDER BY Step"))

    def attempts(self):
        """[(step, attempt, state)], oldest first."""
        return self.query(f"SELECT Step, Attempt, State FROM AttemptHistory WHERE RunbookId = '{RUNBOOK}' ORDER BY Step, Attempt")

    def damage(self):
        """What SQLite finds wrong with the ledger; "" if nothing."""
        rows = self.query("PRAGMA integrity_check") + self.query("PRAGMA foreign_key_check")
        return "" if rows == [("ok",)] else repr(rows)


def sanitizers():
    """For builds with them: no leak check under a tracer, and our library may come first."""
    return {"ASAN_OPTIONS": "detect_leaks=0:verify_asan_link_order=0:abort_on_error=1", "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1"}


def runbook_text(steps):
    lines = ['<?xml version="1.0" encoding="utf-8"?>',
             '<RunbookData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">',
             f"<RunbookID>{RUNBOOK}</RunbookID>", "<RunbookTopologyData/>", "<RunbookServiceModelData/>", "<RunbookStepList>"]
    for number, step in enumerate(steps, 1):
        lines.append(
            f"<Step><ID>{number}</ID><Description>Step {number}</Description><MachineName>{MACHINE}</MachineName>"
            f"<ServiceModelName>{MODEL}</ServiceModelName><ScriptToExecute><FileName>step{number}.sh</FileName>"
            f"<Automated>true</Automated><Description/><RetryCount>{step.retries}</RetryCount>"
            f"<TimeoutValue>{step.timeout_min}</TimeoutValue></ScriptToExecute><StepType>Update</StepType>"
            f"<StartTime>0001-01-01T00:00:00</StartTime><EndTime>9999-12-31T23:59:59.9999999</EndTime><StepState>NotStarted</StepState></Step>")
    lines += ["</RunbookStepList>", "<RunbookLogs/>", "</RunbookData>", ""]
    return "\n".join(lines)
