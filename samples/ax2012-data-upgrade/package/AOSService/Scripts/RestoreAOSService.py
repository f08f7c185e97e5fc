#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Brings back the database as it was at the Backup step, in one transaction: cut off, it is as it was."""

import os
import pathlib
import sys

import axdb


def restore():
    saved = pathlib.Path(os.environ["RUNBOOK_BACKUP_FOLDER"]) / "axdb.sqlite"
    if not saved.exists():
        sys.exit(f"no backup of the database in {saved.parent}")
    axdb.copy(saved, axdb.DATABASE)
    print(f"{axdb.DATABASE} is back from {saved}")


axdb.run(restore)
