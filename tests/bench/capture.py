#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Capturing what a child writes in pieces of 4 KiB: as it is, masked, and masked with two hundred known secrets, against `cmd > file` and `| tee`."""

import os

import bench

MIB = 1024 * 1024


def main():
    run = bench.Bench(__doc__, options=[("--size", 1024)])
    size = run.arguments.size * MIB
    writer = f"{run.limit} write {size}"
    out = run.folder / "out"
    secrets = run.folder / "secrets"
    secrets.touch(0o600)
    secrets.write_text("".join(f"s3cr&t-{i * 7919:08x}/of\"the shop\n" for i in range(200)), encoding="utf-8")
    print(f"a child writes {run.arguments.size} MiB, medians of {run.arguments.rounds} rounds")

    def shell(line):
        return lambda _: run.run(["sh", "-c", line])

    def capture(how):
        return lambda _: run.run([run.limit, how, out, size])

    def with_secrets(_):
        os.environ["CAPTURE_SECRETS"] = str(secrets)
        try:
            return run.run([run.limit, "masked", out, size])
        finally:
            del os.environ["CAPTURE_SECRETS"]

    seconds = run.in_turn({
        "cmd > file": shell(f"{writer} >{out}"),
        "cmd | tee file": shell(f"{writer} | tee {out} >/dev/null"),
        "capture, raw": capture("raw"),
        "capture, masked": capture("masked"),
        "masked, 200 secrets": with_secrets,
    })
    plain = seconds["cmd > file"]
    run.at_most("raw / cmd > file", seconds["capture, raw"] / plain, 1.1)
    run.at_most("masked / cmd > file", seconds["capture, masked"] / plain, 2.5)
    run.at_most("masked with 200 secrets / cmd > file", seconds["masked, 200 secrets"] / plain, 2.5)
    run.at_most("memory of the capture, masked", run.peak_mib["masked, 200 secrets"], 16, "MiB")
    run.end()


main()
