#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Opens the database of the shop for its services: checks that it is whole, and turns the write-ahead log on, with which readers
and a writer do not wait for each other."""

import sys

import shop


def start():
    if not shop.DATABASE.exists():
        sys.exit(f"there is no database at {shop.DATABASE}: GlobalUpdate has not made it")
    db = shop.open_database(shop.DATABASE)
    found = db.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        sys.exit(f"{shop.DATABASE} is damaged: {found}")
    db.execute("PRAGMA journal_mode = WAL")
    print(f"{shop.DATABASE} is open, schema {db.execute('PRAGMA user_version').fetchone()[0]}")


shop.run(start)
