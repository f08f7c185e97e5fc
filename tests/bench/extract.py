#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Extraction of a zip with many small files and of one with large files: runbook against bsdtar and unzip, in memory if there is enough."""

import os
import pathlib
import random
import shutil
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
    if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 4 << 30:
        return pathlib.Path(tempfile.mkdtemp(prefix="runbook-bench-", dir=shared))
    print("  there is no tmpfs with 4 GiB of room: on disk")
    return fallback


def extract_shape(run, place, name):
    text, files, size = SHAPES[name]
    archive = place / f"{name}.zip"
    make_zip(archive, files, size)
    print(f"{text}, a zip of {archive.stat().st_size >> 20} MiB, medians of {run.arguments.rounds} rounds")

    def contestant(tool, command, makes_target=False):
        def measure(number):
            target = place / f"{tool}-{number}"
            if not makes_target:
                target.mkdir()
            measured = run.run([word.format(target=target) if isinstance(word, str) else word for word in command])
            count = sum(len(names) for _, _, names in os.walk(target))
            assert count == files, f"{tool}: {count} files instead of {files}"
            shutil.rmtree(target)
            return measured
        return measure

    contestants = {"runbook package extract":
                   contestant("runbook", [run.program, "package", "extract", archive, "-target={target}"], makes_target=True)}
    for tool, command in (("bsdtar", ["bsdtar", "-xf", archive, "-C", "{target}"]), ("unzip", ["unzip", "-qq", archive, "-d", "{target}"])):
        if shutil.which(tool):
            contestants[tool] = contestant(tool, command)
        else:
            print(f"  {tool} is not installed: not compared with it")
    seconds = run.in_turn(contestants)
    for tool, target in (("bsdtar", 0.55), ("unzip", 0.45)):
        if tool in seconds:
            run.at_most(f"{name}: runbook / {tool}", seconds["runbook package extract"] / seconds[tool], target)
    archive.unlink()


def main():
    run = bench.Bench(__doc__)
    place = memory_folder(run.folder)
    try:
        for name in SHAPES:
            extract_shape(run, place, name)
    finally:
        shutil.rmtree(place)
        run.folder.mkdir(exist_ok=True)
    run.end()


main()
