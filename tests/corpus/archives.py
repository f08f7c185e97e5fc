#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hostile archives, each extracted in a jail that shows every file it touches.

usage: archives.py [--verbose] EXTRACT-ONE

The jail is an overlay over the whole file system with an empty upper layer, in mounts of its own and without a network: whatever is written anywhere is
found in that layer. Each archive of $RUNBOOK_SHARED/corpus/open.tar.xz is extracted under two locales. Required of each: nothing outside the target's folder, only plain files and
folders without set-id bits, nothing left after a refusal, no crash, within time and memory; the same outcome under both locales; and where independent tools agree on
the tree (EXPECTED.tsv), that tree or a refusal; digests recorded that are those of the files. Every .nupkg must be accepted. Time is that of the processor; memory is not judged when RUNBOOK_SANITIZE names
a sanitizer, which needs more than the program. A control shows that the jail sees an escape: `bsdtar -xP` must have some.

Exit code 77: skipped, since the archives, the rights or a tool are missing.
"""

import collections
import concurrent.futures
import csv
import hashlib
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile

SKIPPED = 77
SECONDS = 10
KILL_SECONDS = 120  # a process that waits for something that never comes
KIBIBYTES = 512 * 1024
SANITIZED = os.environ.get("RUNBOOK_SANITIZE", "none") != "none"
LOCALES = ["C", "C.UTF-8"]
JAIL = "/jail"  # below the overlay: a folder for each archive
DIGEST_LIST = ".runbook-digests"
REFUSED = {3: "input", 7: "refused"}  # the program's exit codes

Outcome = collections.namedtuple("Outcome", "code text seconds kibibytes")


def skip(why):
    print(f"SKIPPED: corpus-archives: {why}", file=sys.stderr)
    sys.exit(SKIPPED)


def run(command, **options):
    subprocess.run(command, check=True, **options)


class Jail:
    """An overlay over /, to be entered with chroot. What is bound into it is read-only."""

    def __init__(self, folder, bound):
        self.upper, self.root = folder / "upper", folder / "root"
        for path in (self.upper, folder / "work", self.root):
            path.mkdir(parents=True)
        (self.upper / JAIL.lstrip("/")).mkdir()
        run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={self.upper},workdir={folder}/work", self.root])
        for path in bound:
            target = self.root / str(path).lstrip("/")
            target.mkdir(parents=True, exist_ok=True)
            run(["mount", "--bind", "-o", "ro", path, target])
        (self.root / "proc").mkdir(exist_ok=True)
        run(["mount", "-t", "proc", "proc", self.root / "proc"])
        self.known = set(self.changes())

    def changes(self):
        """What is in the upper layer, but for the archives' own folders."""
        for folder, folders, files in os.walk(self.upper):
            if pathlib.Path(folder) == self.upper:
                folders[:] = [name for name in folders if name != JAIL.lstrip("/")]
            for name in folders + files:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                # A folder is also copied up when something in it is: its name alone tells nothing, its times do.
                yield path, status.st_mtime_ns, status.st_mode
            status = os.lstat(folder)
            yield folder, 0 if pathlib.Path(folder) == self.upper else status.st_mtime_ns, status.st_mode

    def escapes(self):
        return sorted({path for path, *_ in set(self.changes()) - self.known})

    def folder(self, number):
        """A new empty folder: as seen from outside, and from inside."""
        name = f"{JAIL.lstrip('/')}/{number}"
        (self.root / name).mkdir()
        return self.upper / name, f"/{name}"

    def remove(self, number):
        run(["rm", "-rf", self.root / JAIL.lstrip("/") / str(number)])

    def enter(self, inside):
        os.chroot(self.root)
        os.chdir(inside)

    def extract(self, command, inside, locale):
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": locale, "ASAN_OPTIONS": "quarantine_size_mb=8:allocator_may_return_null=1"}
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                                       preexec_fn=lambda: self.enter(inside))
            signal.signal(signal.SIGALRM, lambda *_: process.kill())
            signal.alarm(KILL_SECONDS)
            _, status, usage = os.wait4(process.pid, 0)
            signal.alarm(0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read().decode("utf-8", "replace").strip()
        return Outcome(process.returncode, text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def tree_lines(top):
    """`digest  path` of each file, but for the list of digests."""
    lines = []
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, top)
            if relative == DIGEST_LIST:
                continue
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256") if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read())
            lines.append((relative.replace("\\", "/"), digest.hexdigest()))
    return [f"{digest}  {path}\n" for path, digest in sorted(lines)]


def tree_digest(lines):
    """The hash that EXPECTED.tsv has of a tree."""
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def special_entries(top):
    """Everything in a tree that is not a plain file or folder, or has a set-id bit."""
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or mode & (stat.S_ISUID | stat.S_ISGID):
                yield f"{os.path.relpath(path, top)} ({stat.filemode(mode)})"


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


class Findings:
    """What is known after some archives; to be added up."""

    def __init__(self):
        self.problems = []
        self.verdicts = []
        self.counts = collections.Counter()
        self.slowest = self.largest = 0

    def add(self, other):
        self.problems += other.problems
        self.verdicts += other.verdicts
        self.counts += other.counts
        self.slowest, self.largest = max(self.slowest, other.slowest), max(self.largest, other.largest)


class Check(Findings):
    """Extracts archives in one jail."""

    def __init__(self, jail, program, corpus):
        super().__init__()
        self.jail, self.program, self.corpus = jail, program, corpus
        self.expected = {row[0]: row[4] for row in read_table(corpus / "open/EXPECTED.tsv")}
        self.number = 0

    def problem(self, name, what):
        self.problems.append(f"{name}: {what}")

    def check_limits(self, name, outcome):
        self.slowest = max(self.slowest, outcome.seconds)
        self.largest = max(self.largest, outcome.kibibytes)
        if outcome.seconds > SECONDS:
            self.problem(name, f"took {outcome.seconds:.1f} s")
        if outcome.kibibytes > KIBIBYTES and not SANITIZED:
            self.problem(name, f"took {outcome.kibibytes // 1024} MiB")

    def check_traces(self, name, outcome, outside):
        """What it left: outside its folder, and in it. Returns the hash of the tree, or None."""
        for path in self.jail.escapes():
            self.problem(name, f"wrote outside its folder: {path}")
        self.jail.known = set(self.jail.changes())
        left = sorted(os.listdir(outside))
        if outcome.code != 0:
            if left:
                self.problem(name, f"left behind after a refusal: {' '.join(left)}")
            return None
        if left != ["out"]:
            self.problem(name, f"made {' '.join(left)}, not out")
            return None
        for what in special_entries(outside):
            self.problem(name, f"made {what}")
        lines = tree_lines(outside / "out")
        with open(outside / "out" / DIGEST_LIST, encoding="utf-8") as file:
            recorded = file.readlines()
        if recorded[0] != "# runbook digests 1\n" or sorted(recorded[1:-1]) != sorted(lines) or recorded[-1] != f"# end {len(lines)}\n":
            self.problem(name, "the list of digests is not that of the files")
        return tree_digest(lines)

    def extract(self, name, locale):
        self.number += 1
        outside, inside = self.jail.folder(self.number)
        outcome = self.jail.extract([self.program, self.corpus / name, "out"], inside, locale)
        self.check_limits(name, outcome)
        if outcome.code != 0 and outcome.code not in REFUSED:
            self.problem(name, f"exit code {outcome.code}: {outcome.text[-2000:]}")
        digest = self.check_traces(name, outcome, outside)
        self.jail.remove(self.number)
        return outcome, digest

    def check(self, name):
        (outcome, digest), (other, other_digest) = (self.extract(name, locale) for locale in LOCALES)
        if (outcome.code, outcome.text, digest) != (other.code, other.text, other_digest):
            self.problem(name, f"depends on the locale: {outcome.text!r} or {other.text!r}")
        verdict = REFUSED.get(outcome.code, "accepted")
        self.counts[verdict] += 1
        if name in self.expected:
            self.counts[f"expected, {verdict}"] += 1
            if digest and digest != self.expected[name]:
                self.counts["expected, wrong"] += 1
                self.problem(name, "extracted to another tree than independent tools make of it")
        if name.endswith(".nupkg"):
            self.counts[f"nupkg, {verdict}"] += 1
            if outcome.code != 0:
                self.problem(name, f"a .nupkg is refused: {outcome.text}")
        tree = "" if name not in self.expected else ", wrong" if digest and digest != self.expected[name] else ", expected"
        self.verdicts.append(f"{name}\t{verdict}{tree}\t{outcome.text.replace(str(self.corpus / name), '')}")


def archives(corpus, *classes):
    names = (str(path.relative_to(corpus)) for path in (corpus / "open/archives").rglob("*") if path.is_file())
    return sorted(name for name in names if not classes or name.split("/")[2] in classes)


def count_control_escapes(jail, corpus):
    """A program that does as the archive says, in the same jail. It may fail; it must not go unseen."""
    for number, name in enumerate(archives(corpus, "traversal-path")):
        _, inside = jail.folder(number)
        jail.extract(["bsdtar", "-xPf", corpus / name], inside, "C.UTF-8")
    return len(jail.escapes())


def check_some(jail, program, corpus, names):
    """A process of its own: the findings are handed back without the jail."""
    check = Check(jail, program, corpus)
    for name in names:
        check.check(name)
    findings = Findings()
    findings.add(check)
    return findings


def check_all(place, program, corpus, bound):
    """One jail for each processor."""
    workers = os.cpu_count() or 1
    names = archives(corpus)
    findings = Findings()
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        for result in [pool.submit(check_some, Jail(place / f"jail-{worker}", bound), program, corpus, names[worker::workers])
                       for worker in range(workers)]:
            findings.add(result.result())
    return findings


def inside_namespaces(program, verbose):
    """The mounts made here are gone when this process ends."""
    with tempfile.TemporaryDirectory(prefix="runbook-corpus-") as place:
        run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", place])
        place = pathlib.Path(place)
        corpus, programs = place / "corpus", place / "programs"
        corpus.mkdir()
        programs.mkdir()
        run(["tar", "-C", corpus, "-xJf", shared_archive(), "open/archives", "open/EXPECTED.tsv"])
        run(["cp", program, programs / "extract-one"])
        bound = [corpus, programs]
        escapes = count_control_escapes(Jail(place / "control", bound), corpus)
        findings = check_all(place, programs / "extract-one", corpus, bound)
        if verbose:
            print("\n".join(sorted(findings.verdicts)))
        code = report(findings, escapes)
        sys.stdout.flush()
        run(["umount", "-R", "-l", place])
    return code


def report(findings, escapes):
    for name, count in sorted(findings.counts.items()):
        print(f"{count:6} {name}")
    print(f"slowest {findings.slowest:.1f} s, largest {findings.largest // 1024} MiB{' (sanitized)' if SANITIZED else ''}; the control escaped {escapes} times")
    if not escapes:
        findings.problems.append("bsdtar -xP: the jail saw no escape, so it sees none of ours")
    if not findings.counts["nupkg, accepted"] or not findings.counts["expected, accepted"]:
        findings.problems.append("nothing was accepted")
    for problem in findings.problems:
        print(f"FAILED: {problem}")
    return 1 if findings.problems else 0


def shared_archive():
    return pathlib.Path(os.environ.get("RUNBOOK_SHARED", "../shared")).resolve() / "corpus/open.tar.xz"


def main():
    arguments = sys.argv[1:]
    verbose = "--verbose" in arguments
    inside = "--inside" in arguments
    program = pathlib.Path(arguments[-1]).resolve()
    if inside:
        sys.exit(inside_namespaces(program, verbose))
    if not shared_archive().is_file():
        skip(f"{shared_archive()} is not there")
    namespaces = ["unshare", "--mount", "--propagation", "private", "--net", "--ipc", "--pid", "--fork", "--kill-child"]
    if os.geteuid() != 0 or subprocess.run(namespaces + ["true"], check=False).returncode != 0:
        skip("only root can make the jail, with the right to mount")
    if subprocess.run(["bsdtar", "--version"], check=False, stdout=subprocess.DEVNULL).returncode != 0:
        skip("bsdtar is not installed")
    sys.exit(subprocess.run(namespaces + [sys.executable, "-B", __file__, "--inside"] + arguments, check=False).returncode)


main()
