#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Sees to it that no AOS works on the database. Without a database it makes that of the sample, as there is no AX 2012 here."""

import axdb
import batch
import old_database


def stop():
    old_database.main()
    print(batch.stop_aos())


axdb.run(stop)
