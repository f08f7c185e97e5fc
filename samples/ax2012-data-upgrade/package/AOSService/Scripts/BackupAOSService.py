#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Saves the database in the backup folder of the run, once: when the step is run again, it may be half upgraded."""

import os
import pathlib

import axdb


def backup():
    saved = pathlib.Path(os.environ["RUNBOOK_BACKUP_FOLDER"]) / "axdb.sqlite"
    if saved.exists():
        print(f"{saved} is complete; keeping it")
        return
    partial = saved.with_name("axdb.sqlite.partial")
    partial.unlink(missing_ok=True)
    axdb.copy(axdb.DATABASE, partial)
    axdb.sync_file(partial)
    os.replace(partial, saved)
    axdb.sync_file(saved.parent)
    print(f"{axdb.DATABASE} saved as {saved}")


axdb.run(backup)
