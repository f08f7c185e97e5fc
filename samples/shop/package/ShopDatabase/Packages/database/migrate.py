# SPDX-License-Identifier: MIT
"""Brings the database of the shop to the newest schema: migrate.py DATABASE

migrations/NNN-NAME.sql leads from schema NNN-1 to NNN; the schema a database has is its user_version. Each migration is
one transaction: done whole or not at all, whenever the program is cut off, and never done twice.
"""

import pathlib
import sqlite3
import sys


def migrations():
    """Number and file of each migration, in order."""
    files = sorted(pathlib.Path(__file__).with_name("migrations").glob("[0-9][0-9][0-9]-*.sql"))
    return [(int(file.name[:3]), file) for file in files]


def counts(db):
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def check_nothing_lost(db, before):
    """Raises an error, which takes the migration back, if a table has fewer rows than before or a reference leads nowhere."""
    after = counts(db)
    for table, rows in before.items():
        if after.get(table, 0) < rows:
            raise sqlite3.IntegrityError(f"{table} had {rows} rows and would have {after.get(table, 0)}")
    if db.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.IntegrityError("there would be references to rows that do not exist")


def migrate(db, number, file):
    before = counts(db)
    try:
        db.executescript("BEGIN IMMEDIATE;\n" + file.read_text())
        check_nothing_lost(db, before)
        db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        sys.exit(f"{file.name}: {error}; the database is as it was")
    print(f"schema {number} ({file.name}): " + ", ".join(f"{rows} {table}" for table, rows in counts(db).items()))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: migrate.py DATABASE")
    path = pathlib.Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    db.execute("PRAGMA synchronous = FULL")
    schema = db.execute("PRAGMA user_version").fetchone()[0]
    newest = migrations()[-1][0]
    if schema > newest:
        sys.exit(f"the database has schema {schema}, which is newer than this package's {newest}")
    for number, file in migrations():
        if number > schema:
            migrate(db, number, file)
    print(f"the database has schema {newest}" + (" already" if schema == newest else ""))


main()
