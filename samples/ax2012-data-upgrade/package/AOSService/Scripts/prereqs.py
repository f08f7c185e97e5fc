# SPDX-License-Identifier: MIT
"""Group PreReqs: what must be right before the first upgrade job, and what FinalDbSync undoes of it.

Each function is one sub-step: it gets the database inside a transaction, does nothing that is done already, and returns what it
did as text.
"""

import axdb
import sync


def disable_db_log_triggers(db):
    """Without this, the conversion would write one log row for each row it touches."""
    db.execute("CREATE TABLE IF NOT EXISTS DATAUPGRADETRIGGERS (NAME TEXT PRIMARY KEY, DEFINITION TEXT NOT NULL)")
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'DBLOG\\_%' ESCAPE '\\'")
    found = triggers.fetchall()
    db.executemany("INSERT OR IGNORE INTO DATAUPGRADETRIGGERS VALUES (?, ?)", found)
    for name, _ in found:
        db.execute(f"DROP TRIGGER {name}")
    return f"{len(found)} triggers dropped, {axdb.count(db, 'DATAUPGRADETRIGGERS')} kept for later"


def enable_db_log_triggers(db):
    missing = [row for row in db.execute("SELECT NAME, DEFINITION FROM DATAUPGRADETRIGGERS") if not axdb.has(db, "trigger", row[0])]
    for _, definition in missing:
        db.execute(definition)
    return f"{len(missing)} triggers made again"


def create_sql_sequences(db):
    """The counters of SYSTEMSEQUENCES are not to be trusted (here they are all 1): the highest number in use counts."""
    db.execute("CREATE TABLE IF NOT EXISTS SQLSEQUENCES (TABLENAME TEXT PRIMARY KEY, NEXTVAL INTEGER NOT NULL)")
    for table in axdb.DATA_TABLES:
        db.execute(f"REPLACE INTO SQLSEQUENCES SELECT '{table}', max(RECID) + 1 FROM {table}")
    highest = axdb.value(db, "SELECT max(NEXTVAL) FROM SQLSEQUENCES")
    return f"{len(axdb.DATA_TABLES)} sequences, the highest goes on at {highest}"


def update_kernel_schema(db):
    added = sync.add_columns(db, "USERINFO", {"IDENTITYPROVIDER": "TEXT"})
    added += sync.add_columns(db, "BATCHJOB", {"PRIORITY": "INTEGER NOT NULL DEFAULT 0"})
    return f"{added} columns added to the kernel's tables"


def patch_sql_dictionary_pass1(db):
    """Tables and fields get the numbers of the new kernel, which begin at 10,000."""
    changed = db.execute("UPDATE SQLDICTIONARY SET TABLEID = TABLEID + 10000 WHERE TABLEID < 10000").rowcount
    return f"{changed} entries numbered anew"


def patch_sql_dictionary_pass2(db):
    changed = db.execute("UPDATE SQLDICTIONARY SET SQLNAME = upper(NAME) WHERE SQLNAME IS NULL").rowcount
    return f"{changed} entries got their SQL name"


def patch_user_info(db):
    """Users are known by a mail address from now on, no more by domain and alias."""
    changed = db.execute(
        "UPDATE USERINFO SET NETWORKALIAS = lower(NETWORKALIAS || '@' || NETWORKDOMAIN || '.example'),"
        " IDENTITYPROVIDER = 'https://login.example/' || lower(NETWORKDOMAIN) WHERE IDENTITYPROVIDER IS NULL"
    ).rowcount
    return f"{changed} users"


def patch_sql_system_variables(db):
    axdb.set_variable(db, "SYSTABVERSION", "7.0")
    axdb.set_variable(db, "BATCHENABLED", "0")
    return "SYSTABVERSION is 7.0"


def reset_admin_user(db):
    db.execute("UPDATE USERINFO SET ENABLE = 1, NETWORKALIAS = 'admin@contoso.example' WHERE ID = 'Admin'")
    return "Admin is enabled, as admin@contoso.example"


def clear_sys_last_value(db):
    """What users last saw belongs to forms that are gone."""
    return f"{db.execute('DELETE FROM SYSLASTVALUE').rowcount} values removed"


def enable_safe_mode(db):
    """Nobody can log on while the schema changes: the database itself refuses."""
    db.execute("DELETE FROM SYSCLIENTSESSIONS")
    db.execute(
        "CREATE TRIGGER IF NOT EXISTS SAFEMODE BEFORE INSERT ON SYSCLIENTSESSIONS BEGIN"
        " SELECT raise(ABORT, 'safe mode: the schema is being changed'); END"
    )
    return "logging on is refused"


def disable_safe_mode(db):
    db.execute("DROP TRIGGER IF EXISTS SAFEMODE")
    return "logging on is possible"


def disable_data_upgrade_flag(db):
    axdb.set_variable(db, "DATAUPGRADE", "0")
    return "the upgrade is finished"
