#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Start-up: `runbook --version` against an empty program that is linked to the same libraries."""

import statistics

import bench

RUNS = 200


def main():
    run = bench.Bench(__doc__)
    print(f"start-up, medians of {run.arguments.rounds} rounds of {RUNS} runs")

    def contestant(command):
        def measure(_):
            runs = run.run_all(command, RUNS)
            return bench.Run(statistics.median(one.seconds for one in runs), runs[0].rss_mib * 1024)
        return measure

    seconds = run.in_turn({"runbook --version": contestant([run.program, "--version"]), "empty program": contestant([run.limit])})
    run.at_most("runbook --version / empty program", seconds["runbook --version"] / seconds["empty program"], 1.5)
    run.end()


main()
