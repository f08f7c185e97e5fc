# SPDX-License-Identifier: MIT
"""The database that is upgraded: ~/ax2012/axdb.sqlite, and what all parts of the upgrade do with it."""

import contextlib
import fcntl
import os
import pathlib
import sqlite3
import sys

FOLDER = pathlib.Path.home() / "ax2012"
DATABASE = FOLDER / "axdb.sqlite"
AOS_LOCK = FOLDER / "aos.lock"

# The tables with the company's rows, ten thousand together; the conversion keeps each row and its RECID.
DATA_TABLES = ("CUSTTABLE", "CUSTTRANS", "INVENTTRANS")


def run(step):
    """Runs a step; what goes wrong on the machine becomes one clear line on standard error and exit code 1."""
    try:
        step()
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"{type(error).__name__}: {error}")


def connect(path=DATABASE):
    """Opens a database that exists; sqlite3.connect alone would make an empty one of a mistyped path."""
    return sqlite3.connect(f"{pathlib.Path(path).as_uri()}?mode=rw", uri=True, timeout=30, isolation_level=None)


@contextlib.contextmanager
def transaction(db):
    """All that is done inside takes effect, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def copy(source, target):
    """Copies a database into another in one transaction of the target."""
    target.touch()
    with contextlib.closing(connect(source)) as old, contextlib.closing(connect(target)) as new:
        old.backup(new)


def value(db, sql, *parameters):
    return db.execute(sql, parameters).fetchone()[0]


def count(db, table):
    return value(db, f"SELECT count(*) FROM {table}")


def variable(db, name):
    row = db.execute("SELECT VALUE FROM SQLSYSTEMVARIABLES WHERE PARM = ?", (name,)).fetchone()
    return row and row[0]


def set_variable(db, name, text):
    db.execute("REPLACE INTO SQLSYSTEMVARIABLES (PARM, VALUE) VALUES (?, ?)", (name, text))


def has(db, kind, name):
    """Whether the database has the table, index or trigger of that name."""
    return bool(value(db, "SELECT count(*) FROM sqlite_schema WHERE type = ? AND name = ?", kind, name))


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def aos_runs():
    """Whether an AOS works on the database. Its lock tells: the kernel drops it with the process."""
    if not AOS_LOCK.exists():
        return False
    with open(AOS_LOCK, encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def sync_file(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
