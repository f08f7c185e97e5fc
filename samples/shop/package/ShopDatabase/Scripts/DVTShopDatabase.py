#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Checks the database after the update: whole, of the newest schema, and no row less than in the backup of this run."""

import contextlib
import sys

import shop


def expected_schema():
    return max(int(file.name[:3]) for file in (shop.HOME / "database/current/migrations").glob("*.sql"))


def check(db):
    """What is wrong with the database, as sentences."""
    schema = db.execute("PRAGMA user_version").fetchone()[0]
    if schema != expected_schema():
        yield f"the schema is {schema}, not {expected_schema()}"
    found = db.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        yield f"the database is damaged: {found}"
    if db.execute("PRAGMA foreign_key_check").fetchone():
        yield "there are references to rows that do not exist"
    yield from check_rows(db)


def check_rows(db):
    saved = shop.backup_folder() / "shop.db"
    if not saved.exists():
        print("no backup of an older database in this run, so nothing to compare the rows with")
        return
    with contextlib.closing(shop.open_database(saved)) as old:
        before = shop.count_rows(old)
    for table, rows in shop.count_rows(db).items():
        print(f"{table}: {before[table]} rows before, {rows} now")
        if rows < before[table]:
            yield f"{table} has lost {before[table] - rows} rows"


def dvt():
    with contextlib.closing(shop.open_database(shop.DATABASE)) as db:
        problems = list(check(db))
        if problems:
            sys.exit("\n".join(problems))
        print(f"schema {expected_schema()}, " + ", ".join(f"{rows} {table}" for table, rows in shop.count_rows(db).items()))


shop.run(dvt)
