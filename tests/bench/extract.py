#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Extraction of many small files and of large ones, from zip, tar.gz and tar.zst: runbook against bsdtar, unzip, 7z and GNU tar, in memory if there is enough."""

import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import zipfile

import bench

BLOCK = 64 * 1024
SHAPES = {"small": ("20,000 files of 4 KB", 20000, 4 * 1024), "large": ("200 files of 5 MB", 200, 5 * 1024 * 1024)}


def make_blocks(count):
    """Blocks of words that deflate shrinks to about a third, the same in each run."""
    source = random.Random(1)
    words = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 12))) for _ in range(2000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [" ".join(source.choices(words, weights, k=BLOCK // 3))[:BLOCK].encode() for _ in range(count)]


def make_zip(path, files, size):
    source, blocks = random.Random(2), make_blocks(32)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            start = source.randrange(BLOCK - min(size, BLOCK) + 1)
            parts = [source.choice(blocks)[start:start + min(size, BLOCK)] for _ in range(max(1, size // BLOCK))]
            archive.writestr(f"folder-{number % 100}/file-{number}.txt", b"".join(parts))


def memory_folder(fallback):
    """A folder on a tmpfs with room for the largest tree and its archive; else `fallback`."""
    shared = pathlib.Path("/dev/shm")
    if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 5 << 30:
        return pathlib.Path(tempfile.mkdtemp(prefix="runbook-bench-", dir=shared))
    print("  there is no tmpfs with 5 GiB of room: on disk")
    return fallback


PEERS = {
    "bsdtar": ["bsdtar", "-xf", "{archive}", "-C", "{target}"],
    "unzip": ["unzip", "-qq", "{archive}", "-d", "{target}"],
    "7z": ["7z", "x", "-bso0", "-bsp0", "-o{target}", "{archive}"],
    "tar": ["tar", "-xf", "{archive}", "-C", "{target}"],
    # What we do besides: digests of all files, with the same library.
    "tar+openssl": ["sh", "-c", "tar -xf {archive} -C {target} && find {target} -type f -exec openssl dgst -r -sha256 '{}' + >{target}.sums"],
}
# The targets of each kind of archive: at most so much of the peer's time; None: for comparison only.
TARGETS = {
    "zip": {"bsdtar": 0.55, "unzip": 0.45, "7z": None},
    "tar.gz": {"bsdtar": None, "tar": None},
    "tar.zst": {"bsdtar": None, "tar": 1.1, "tar+openssl": None},
}
MEMORY_MIB = 64


def make_tars(zipped):
    """The same files as in the zip archive."""
    tree = zipped.parent / "tree"
    subprocess.run(["unzip", "-qq", zipped, "-d", tree], check=True)
    for kind, option in (("tar.gz", "--gzip"), ("tar.zst", "--zstd")):
        subprocess.run(["tar", option, "-C", tree, "-cf", zipped.with_suffix("." + kind), "."], check=True)
    shutil.rmtree(tree)


def contestant(run, place, tool, command, files):
    def measure(number):
        target = place / f"{tool}-{number}"
        if tool != "runbook":
            target.mkdir()
        measured = run.run([str(word).replace("{target}", str(target)) for word in command])
        count = sum(len(names) for _, _, names in os.walk(target)) - (tool == "runbook")  # the list of digests
        assert count == files, f"{tool}: {count} files instead of {files}"
        shutil.rmtree(target)
        return measured
    return measure


def extract_kind(run, place, name, kind):
    text, files, _ = SHAPES[name]
    archive = place / f"{name}.{kind}"
    print(f"{text}, {kind} of {archive.stat().st_size >> 20} MiB, medians of {run.arguments.rounds} rounds")
    commands = {"runbook": [run.program, "package", "extract", archive, "-target={target}"]}
    for tool in TARGETS[kind]:
        if all(map(shutil.which, tool.split("+"))):
            commands[tool] = [word.replace("{archive}", str(archive)) for word in PEERS[tool]]
        else:
            print(f"  {tool} is not installed: not compared with it")
    seconds = run.in_turn({tool: contestant(run, place, tool, command, files) for tool, command in commands.items()})
    for tool in commands.keys() - {"runbook"}:
        ratio, target = seconds["runbook"] / seconds[tool], TARGETS[kind][tool]
        if target:
            run.at_most(f"{name}.{kind}: runbook / {tool}", ratio, target)
        else:
            print(f"  {name}.{kind}: runbook / {tool:<24} {ratio:9.2f} x")
    run.at_most(f"{name}.{kind}: memory of the largest process", run.peak_mib["runbook"], MEMORY_MIB, "MiB")


def main():
    run = bench.Bench(__doc__)
    place = memory_folder(run.folder)
    try:
        for name, (_, files, size) in SHAPES.items():
            make_zip(place / f"{name}.zip", files, size)
            make_tars(place / f"{name}.zip")
            for kind in TARGETS:
                extract_kind(run, place, name, kind)
                (place / f"{name}.{kind}").unlink()
    finally:
        shutil.rmtree(place)
        run.folder.mkdir(exist_ok=True)
    run.end()


main()
