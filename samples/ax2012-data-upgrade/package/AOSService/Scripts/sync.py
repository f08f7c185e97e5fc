# SPDX-License-Identifier: MIT
"""The schema synchronisation: brings the tables to what the new version says, in four passes.

AdditiveDbSync adds tables and columns and takes nothing away, PartialDbSync prepares what the upgrade jobs need, the SyncSchema of DbSync makes
all but the unique indexes, and that of FinalDbSync makes these and drops what is obsolete.
"""

import axdb

TABLES = {
    "DIRPARTYTABLE": {"RECID": "INTEGER PRIMARY KEY", "PARTYNUMBER": "TEXT NOT NULL", "NAME": "TEXT NOT NULL"},
    "SYSLICENSECODES": {"LICENSEID": "TEXT PRIMARY KEY", "CODE": "TEXT NOT NULL"},
}
COLUMNS = {
    "CUSTTABLE": {"PARTY": "INTEGER"},
    "CUSTTRANS": {"AMOUNTMINOR": "INTEGER"},
    "INVENTTRANS": {"STATUSISSUE": "INTEGER", "STATUSRECEIPT": "INTEGER"},
}
OBSOLETE_COLUMNS = {"CUSTTABLE": "NAME", "CUSTTRANS": "AMOUNTCUR", "INVENTTRANS": "STATUS"}
OBSOLETE_TABLES = ("DEL_CUSTGROUP", "SYSTEMSEQUENCES")
INDEXES = {
    "I_078ACCOUNTIDX": "CUSTTRANS (DATAAREAID, ACCOUNTNUM, TRANSDATE)",
    "I_177ITEMIDX": "INVENTTRANS (DATAAREAID, ITEMID)",
}
UNIQUE_INDEXES = {
    "I_077ACCOUNTIDX": "CUSTTABLE (DATAAREAID, ACCOUNTNUM)",
    "I_077PARTYIDX": "CUSTTABLE (PARTY)",
    "I_078VOUCHERIDX": "CUSTTRANS (DATAAREAID, VOUCHER)",
    "I_177TRANSIDIDX": "INVENTTRANS (DATAAREAID, INVENTTRANSID)",
}


def add_columns(db, table, wanted):
    """Adds those of the columns that the table does not have; returns how many."""
    missing = [name for name in wanted if name not in axdb.columns(db, table)]
    for name in missing:
        db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {wanted[name]}")
    return len(missing)


def _add_tables(db):
    missing = [table for table in TABLES if not axdb.has(db, "table", table)]
    for table in missing:
        db.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in TABLES[table].items())})")
    return len(missing)


def _add_indexes(db, wanted, kind):
    missing = [name for name in wanted if not axdb.has(db, "index", name)]
    for name in missing:
        db.execute(f"CREATE {kind} {name} ON {wanted[name]}")
    return len(missing)


def _drop_obsolete(db):
    """Drops what only the conversion needed. As long as the configuration key for deleted objects is on, it still needs it."""
    if axdb.value(db, "SELECT ENABLED FROM CONFIGURATIONKEY WHERE NAME = 'SysDeletedObjects60'"):
        return 0
    dropped = 0
    for table, name in OBSOLETE_COLUMNS.items():
        if name in axdb.columns(db, table):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
            dropped += 1
    for table in OBSOLETE_TABLES:
        if axdb.has(db, "table", table):
            db.execute(f"DROP TABLE {table}")
            dropped += 1
    return dropped


def additive_db_sync(db):
    tables = _add_tables(db)
    return f"{tables} tables and {sum(add_columns(db, table, wanted) for table, wanted in COLUMNS.items())} columns added"


def partial_db_sync(db):
    """The queue of the upgrade jobs, and the index by which they find a customer's party."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS BATCH (RECID INTEGER PRIMARY KEY, SCRIPT TEXT NOT NULL, ARGUMENT TEXT NOT NULL,"
        " STATUS TEXT NOT NULL CHECK (STATUS IN ('Ready', 'Finished', 'Error')), UNIQUE (SCRIPT, ARGUMENT))"
    )
    db.execute("CREATE TABLE IF NOT EXISTS BATCHCONFIGURATION (RECID INTEGER PRIMARY KEY, STATUS TEXT NOT NULL)")
    db.execute("CREATE UNIQUE INDEX IF NOT EXISTS I_2303PARTYNUMBERIDX ON DIRPARTYTABLE (PARTYNUMBER)")
    return "the queue of upgrade jobs is there"


def sync_schema(db):
    added = _add_tables(db) + sum(add_columns(db, table, wanted) for table, wanted in COLUMNS.items())
    indexes = _add_indexes(db, INDEXES, "INDEX")
    missing = sum(not axdb.has(db, "index", name) for name in UNIQUE_INDEXES)
    return f"{added} tables and columns, {indexes} indexes added; {missing} unique indexes not made yet"


def final_sync_schema(db):
    indexes = _add_indexes(db, INDEXES, "INDEX") + _add_indexes(db, UNIQUE_INDEXES, "UNIQUE INDEX")
    return f"{indexes} indexes made, {_drop_obsolete(db)} obsolete tables and columns dropped"
