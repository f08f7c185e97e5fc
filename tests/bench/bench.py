# SPDX-License-Identifier: MIT
"""What the benchmarks share: contestants run in turn, medians, and a table of ratios of this one run against their targets.

Times differ from machine to machine and from hour to hour: what counts is only how the program compares, within one run, with its
peers and with a small program (limit-*.c) that does nothing but what cannot be left out.

Files are written below the build folder and under fresh names in each round: without a journal, ext4 is slow with new files for five
minutes after thousands were deleted, whoever did it. For the same reason a benchmark that makes many leaves them (KEEPS_FILES), and is run first.
"""

import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

class Run:
    """One measured run of a command."""

    def __init__(self, seconds, rss_kib):
        self.seconds = seconds
        self.rss_mib = rss_kib / 1024


class Bench:
    """A benchmark: its arguments, its working folder, its verdicts."""

    KEEPS_FILES = False

    def __init__(self, description, options=()):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--program", type=pathlib.Path, required=True, help="the runbook program")
        parser.add_argument("--measure", type=pathlib.Path, required=True, help="tests/bench/measure, built")
        parser.add_argument("--limit", type=pathlib.Path, help="the limit program of this benchmark, built")
        parser.add_argument("--build", default="", help="build type and sanitizers, as a warning depends on them")
        parser.add_argument("--rounds", type=int, default=5)
        for name, default in options:
            parser.add_argument(name, type=type(default), default=default)
        self.arguments = parser.parse_args()
        self.program = str(self.arguments.program.resolve())
        self.limit = str(self.arguments.limit.resolve()) if self.arguments.limit else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=self.arguments.measure.resolve().parent))
        self.missed = 0
        self.peak_mib = {}
        if self.arguments.build != "release none":
            print(f"WARNING: this is no plain release build ({self.arguments.build}): its figures say nothing.")

    def run_all(self, command, runs=1, cwd=None):
        """Runs a command several times; a run that does not end with 0 ends the benchmark."""
        result = self.folder / "measured"
        command = [str(word) for word in command]
        with open(self.folder / "stderr", "w+", encoding="utf-8") as errors:
            subprocess.run([self.arguments.measure.resolve(), result, str(runs), *command], cwd=cwd or self.folder,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, check=True)
            measured = [line.split() for line in result.read_text(encoding="utf-8").splitlines()]
            if any(code != "0" for _, _, code in measured):
                errors.seek(0)
                sys.exit(f"{' '.join(command)}: exit {measured[-1][2]}: {errors.read()[-2000:]}")
        return [Run(float(seconds), int(rss)) for seconds, rss, _ in measured]

    def run(self, command, cwd=None):
        return self.run_all(command, 1, cwd)[0]

    def call(self, command, cwd=None):
        """Runs a command that is not measured."""
        return subprocess.run([str(word) for word in command], cwd=cwd or self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              check=True, text=True).stdout

    def in_turn(self, contestants):
        """Runs each contestant (name → function of the round) once per round, and prints the medians. Returns name → seconds."""
        runs = {name: [] for name in contestants}
        for number in range(self.arguments.rounds):
            for name, contestant in contestants.items():
                runs[name].append(contestant(number))
        for name, own in runs.items():
            seconds = [run.seconds for run in own]
            self.peak_mib[name] = max(run.rss_mib for run in own)
            print(f"  {name:<28} {statistics.median(seconds):9.4f} s  ({min(seconds):.4f} to {max(seconds):.4f})"
                  f"  {self.peak_mib[name]:6.1f} MiB")
        return {name: statistics.median(run.seconds for run in own) for name, own in runs.items()}

    def at_most(self, name, value, target, unit="x"):
        self._verdict(name, value, f"<= {target} {unit}", value <= target, unit)

    def at_least(self, name, value, target):
        self._verdict(name, value, f">= {target} x", value >= target, "x")

    def _verdict(self, name, value, target, reached, unit):
        self.missed += not reached
        print(f"  {name:<44} {value:7.2f} {unit:<3}  target {target:<10} {'reached' if reached else 'MISSED'}")

    def end(self):
        """Ends the process; it fails if a target was missed."""
        if self.KEEPS_FILES:
            print(f"  left in {self.folder}: to be removed when nothing more is to be measured for five minutes")
        else:
            shutil.rmtree(self.folder)
        sys.exit(1 if self.missed else 0)
