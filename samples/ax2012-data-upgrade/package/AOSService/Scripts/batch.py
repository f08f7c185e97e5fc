# SPDX-License-Identifier: MIT
"""The batch framework of the upgrade: sub-steps that fill the queue BATCH and run it, and the AOS that works it off.

The AOS is a process in the background (`batch.py` as a program). It stays in the session of the step on purpose: it ends with the step, however that
ends, and is started again when the step is run again. A job and its new status are one transaction, so a job that was cut off is still
Ready, and what it did is undone.
"""

import contextlib
import fcntl
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

import axdb
import jobs
import sync

ROWS_PER_JOB = 500


def cleanup_data_upgrade_tables(db):
    log = db.execute("DELETE FROM RELEASEUPDATESCRIPTSERRORLOG").rowcount
    queue = db.execute("DELETE FROM BATCH").rowcount
    return f"{log} entries of the error log and {queue} of the queue removed, left by an earlier upgrade"


def enable_sys_deleted_objects(db):
    db.execute("UPDATE CONFIGURATIONKEY SET ENABLED = 1 WHERE NAME = 'SysDeletedObjects60'")
    return "obsolete tables and columns stay for the conversion"


def disable_sys_deleted_objects(db):
    db.execute("UPDATE CONFIGURATIONKEY SET ENABLED = 0 WHERE NAME = 'SysDeletedObjects60'")
    return "obsolete tables and columns may go"


def save_batch_configuration(db):
    """Withholds the company's own jobs. Their states are saved once only: in a second run they are ours already."""
    db.execute("INSERT OR IGNORE INTO BATCHCONFIGURATION SELECT RECID, STATUS FROM BATCHJOB")
    db.execute("UPDATE BATCHJOB SET STATUS = 'Withhold'")
    return f"{axdb.count(db, 'BATCHCONFIGURATION')} jobs saved and withheld"


def restore_batch_configuration(db):
    db.execute("UPDATE BATCHJOB SET STATUS = saved.STATUS FROM BATCHCONFIGURATION AS saved WHERE saved.RECID = BATCHJOB.RECID")
    return f"{axdb.count(db, 'BATCHCONFIGURATION')} jobs as they were"


def disable_batch_priority_scheduling(db):
    axdb.set_variable(db, "BATCHPRIORITY", "0")
    return "jobs run in the order of the queue"


def enable_batch_priority_scheduling(db):
    axdb.set_variable(db, "BATCHPRIORITY", "1")
    return "jobs run by priority again"


def configure_batch(db):
    db.execute("UPDATE BATCHSERVERCONFIG SET ENABLED = 0")
    db.execute("REPLACE INTO BATCHSERVERCONFIG VALUES ('Batch:upgrade', 1, 1)")
    return "this machine is the only batch server"


def start_aos(db):
    """Starts the AOS, unless it runs, and waits until it does and has said which process it is."""
    if axdb.aos_runs():
        return "the AOS runs already"
    with open(axdb.FOLDER / "aos.log", "a", encoding="utf-8") as log:
        aos = subprocess.Popen([sys.executable, "-B", __file__], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    while not axdb.aos_runs() or axdb.AOS_LOCK.read_text(encoding="ascii") != str(aos.pid):
        if aos.poll() is not None:
            sys.exit(f"the AOS ended with exit code {aos.returncode}; its log is {log.name}")
        time.sleep(0.05)
    return f"the AOS runs (process {aos.pid})"


def _schedule(db, wanted):
    """Puts those of the jobs into the queue that are not in it; what failed is to be tried again."""
    db.executemany("INSERT OR IGNORE INTO BATCH (SCRIPT, ARGUMENT, STATUS) VALUES (?, ?, 'Ready')", wanted)
    db.execute("UPDATE BATCH SET STATUS = 'Ready' WHERE STATUS = 'Error'")
    db.execute("DELETE FROM RELEASEUPDATESCRIPTSERRORLOG")
    ready = axdb.value(db, "SELECT count(*) FROM BATCH WHERE STATUS = 'Ready'")
    return f"{ready} jobs ready, {axdb.count(db, 'BATCH') - ready} finished before"


def schedule_pre_sync_scripts(db):
    """One job for each unique index that there is: numbers collide for a while when a part of a table is converted."""
    return _schedule(db, [("DisableUniqueIndex", name) for name in sync.UNIQUE_INDEXES if axdb.has(db, "index", name)])


def schedule_post_sync_scripts(db):
    """One job for each range of records in which there is something to convert."""
    wanted = []
    for script, (table, unconverted) in jobs.CONVERSIONS.items():
        ranges = db.execute(f"SELECT DISTINCT RECID / {ROWS_PER_JOB} FROM {table} WHERE {unconverted} ORDER BY 1")
        wanted += [(script, f"{part * ROWS_PER_JOB}..{(part + 1) * ROWS_PER_JOB - 1}") for (part,) in ranges]
    return _schedule(db, wanted)


def start_batch(db):
    axdb.set_variable(db, "BATCHENABLED", "1")
    return "the AOS takes jobs"


def wait_for_batch(db):
    """Waits until no job is left. A sub-step that was completed before the step was cut off or failed is not run again, so this one sees to it
    that the AOS runs, takes jobs, and has those again that failed."""
    with axdb.transaction(db):
        db.execute("UPDATE BATCH SET STATUS = 'Ready' WHERE STATUS = 'Error'")
        db.execute("DELETE FROM RELEASEUPDATESCRIPTSERRORLOG")
        start_batch(db)
    start_aos(db)
    while axdb.value(db, "SELECT count(*) FROM BATCH WHERE STATUS = 'Ready'"):
        if not axdb.aos_runs():
            sys.exit(f"the AOS has ended; its log is {axdb.FOLDER / 'aos.log'}")
        time.sleep(0.05)
    failed = db.execute("SELECT SCRIPT, MESSAGE FROM RELEASEUPDATESCRIPTSERRORLOG").fetchall()
    if failed:
        stop_aos()
        sys.exit("\n".join([f"{len(failed)} jobs failed:"] + [f"{script}: {message}" for script, message in failed]))
    return f"{axdb.value(db, 'SELECT count(*) FROM BATCH')} jobs finished"


def stop_batch(db):
    axdb.set_variable(db, "BATCHENABLED", "0")
    return stop_aos()


def stop_aos():
    """Ends the AOS if it runs. It may be in the middle of a job: that is undone, and done again the next time."""
    if not axdb.aos_runs():
        return "no AOS runs"
    number = int(axdb.AOS_LOCK.read_text(encoding="ascii"))
    os.kill(number, signal.SIGTERM)
    for _ in range(100):
        if not axdb.aos_runs():
            with contextlib.suppress(ChildProcessError):  # only where this very process has started it
                os.waitpid(number, 0)
            return f"the AOS (process {number}) has ended"
        time.sleep(0.1)
    sys.exit(f"the AOS (process {number}) does not end")


def import_isv_licenses(db):
    files = sorted(pathlib.Path(__file__).with_name("License").glob("*.txt"))
    for file in files:
        db.execute("REPLACE INTO SYSLICENSECODES VALUES (?, ?)", (file.stem, file.read_text(encoding="utf-8").strip()))
    return f"{len(files)} licences"


def _run_job(db, number, script, argument):
    try:
        with axdb.transaction(db):
            jobs.run(db, script, argument)
            db.execute("UPDATE BATCH SET STATUS = 'Finished' WHERE RECID = ?", (number,))
    except sqlite3.Error as error:
        with axdb.transaction(db):
            db.execute("UPDATE BATCH SET STATUS = 'Error' WHERE RECID = ?", (number,))
            db.execute("INSERT INTO RELEASEUPDATESCRIPTSERRORLOG VALUES (?, ?)", (f"{script} {argument}", str(error)))


def aos():
    """The AOS: takes the jobs that are ready, one after the other, while the batch is on; ends by TERM."""
    with open(axdb.AOS_LOCK, "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        db = axdb.connect()
        while True:
            enabled = axdb.variable(db, "BATCHENABLED") == "1"
            job = enabled and db.execute("SELECT RECID, SCRIPT, ARGUMENT FROM BATCH WHERE STATUS = 'Ready' ORDER BY RECID").fetchone()
            if job:
                _run_job(db, *job)
            else:
                time.sleep(0.05)


if __name__ == "__main__":
    axdb.run(aos)
