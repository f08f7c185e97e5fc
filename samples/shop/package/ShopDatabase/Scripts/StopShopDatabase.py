#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Closes the database of the shop: its write-ahead log is folded into the one file, which only works when nobody has it open."""

import os
import pathlib
import sqlite3
import sys

import shop


def users():
    """Process ids of those who have the database open, as far as we may look."""
    files = {str(shop.DATABASE.resolve()) + suffix for suffix in ("", "-wal")}
    found = set()
    for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in files:
                found.add(link.parts[2])
        except OSError:
            pass  # it ended meanwhile, or is not ours
    return sorted(found - {str(os.getpid())}, key=int)


def close():
    if not shop.DATABASE.exists():
        print(f"there is no database at {shop.DATABASE} yet")
        return
    db = shop.open_database(shop.DATABASE)
    try:
        db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        holders = ", ".join(users()) or "unknown"
        sys.exit(f"{shop.DATABASE} cannot be closed: {error}; open in process {holders}")
    db.close()
    print(f"{shop.DATABASE} is closed")


shop.run(close)
