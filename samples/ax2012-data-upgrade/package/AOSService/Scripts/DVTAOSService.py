#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Checks the upgraded database: every row converted (row by row against the backup of the run, if it has one), the unique indexes
and the triggers back, nothing of the upgrade left on."""

import contextlib
import os
import pathlib
import sys

import axdb
import jobs
import sync

# Rows that were converted rightly, from the old and the new row of the same number.
RIGHT = {
    "CUSTTABLE": "n.PARTY = n.RECID AND n.ACCOUNTNUM = o.ACCOUNTNUM AND n.PHONE = o.PHONE"
    " AND o.NAME = (SELECT NAME FROM DIRPARTYTABLE WHERE RECID = n.PARTY)",
    "CUSTTRANS": "abs(n.AMOUNTMINOR - o.AMOUNTCUR * 100) < 0.001 AND n.CURRENCYCODE = o.CURRENCYCODE"
    f" AND n.VOUCHER = printf('V%06d', substr(o.VOUCHER, 2) + {jobs.OPENING_ENTRIES})",
    "INVENTTRANS": "n.QTY = o.QTY AND n.STATUSISSUE = max(o.STATUS - 4, 0) AND n.STATUSRECEIPT = o.STATUS * (o.STATUS <= 4)"
    f" AND n.INVENTTRANSID = printf('T%06d', substr(o.INVENTTRANSID, 2) + {jobs.OPENING_ENTRIES})",
}


def check_rows(db):
    """What is wrong with the rows, as sentences."""
    for table, unconverted in jobs.CONVERSIONS.values():
        left = axdb.value(db, f"SELECT count(*) FROM {table} WHERE {unconverted}")
        if left:
            yield f"{left} rows of {table} are not converted"
    saved = pathlib.Path(os.environ["RUNBOOK_BACKUP_FOLDER"]) / "axdb.sqlite"
    if not saved.exists():
        print("this run has no backup to compare with")
        return
    db.execute("ATTACH ? AS saved", (str(saved),))
    for table, condition in RIGHT.items():
        before = axdb.count(db, f"saved.{table}")
        right = axdb.value(db, f"SELECT count(*) FROM {table} n JOIN saved.{table} o USING (RECID) WHERE {condition}")
        print(f"{table}: {right} of {before} rows are what they should be")
        if right != before:
            yield f"{before - right} rows of {table} are lost or wrong"


def check_schema(db):
    for name in sync.UNIQUE_INDEXES:
        table = axdb.value(db, "SELECT max(tbl_name) FROM sqlite_schema WHERE type = 'index' AND name = ?", name)
        if (name, 1) not in [row[1:3] for row in db.execute(f"PRAGMA index_list({table})")]:
            yield f"there is no unique index {name}"
    for (name,) in db.execute("SELECT NAME FROM DATAUPGRADETRIGGERS").fetchall():
        if not axdb.has(db, "trigger", name):
            yield f"the trigger {name} is missing"
    for table, name in sync.OBSOLETE_COLUMNS.items():
        if name in axdb.columns(db, table):
            yield f"{table} still has the obsolete column {name}"
    if axdb.count(db, "SYSDATABASELOG"):
        yield "the conversion was written to the database log: its triggers were on"


def check_state(db):
    if axdb.variable(db, "DATAUPGRADE") != "0":
        yield "the upgrade is not finished"
    if axdb.has(db, "trigger", "SAFEMODE"):
        yield "safe mode is on"
    if axdb.aos_runs():
        yield "the AOS of the upgrade still runs"
    found = axdb.value(db, "PRAGMA integrity_check")
    if found != "ok":
        yield f"the database is damaged: {found}"


def dvt():
    with contextlib.closing(axdb.connect()) as db:
        problems = [*check_rows(db), *check_schema(db), *check_state(db)]
        if problems:
            sys.exit("\n".join(problems))
        rows = sum(axdb.count(db, table) for table in axdb.DATA_TABLES)
    print(f"{rows} rows converted, {len(sync.UNIQUE_INDEXES)} unique indexes, triggers back")


axdb.run(dvt)
