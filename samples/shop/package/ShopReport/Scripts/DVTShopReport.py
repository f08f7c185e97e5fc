#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Checks that ShopReport runs in the new version, and that a report written on demand counts every order."""

import contextlib
import csv
import subprocess
import sys

import shop


def orders():
    with contextlib.closing(shop.open_database(shop.DATABASE)) as db:
        return shop.count_rows(db)["orders"]


def write_report():
    """Has a report written and returns its file."""
    program = [sys.executable, "-B", str(shop.HOME / "report/current/report.py"), f"--home={shop.HOME}", f"--port={shop.PORT}"]
    done = subprocess.run([*program, "--once"], stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode != 0:
        sys.exit(f"ShopReport failed with exit code {done.returncode}")
    return done.stdout.strip()


def dvt():
    version = (shop.HOME / "report/current/VERSION").read_text().strip()
    if version != shop.package_version():
        sys.exit(f"ShopReport is version {version}, not {shop.package_version()}")
    before = orders()
    file = write_report()
    with open(file, encoding="utf-8", newline="") as report:
        reported = sum(int(row["orders"]) for row in csv.DictReader(report))
    # the shop is open: orders may come in while the report is written
    if not before <= reported <= orders():
        sys.exit(f"{file} counts {reported} orders, the database had {before} before and has {orders()} now")
    print(f"ShopReport {version}: {reported} orders in {file}")


shop.run(dvt)
