#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""pack.py ARCHIVE FOLDER: makes a zip file of what is in FOLDER. The same files give the same bytes: the order is by name, and no
time, mode or owner goes in. So the execute bit is lost, as it is in packages from Windows; step scripts do not need it."""

import pathlib
import sys
import zipfile


def pack(archive, folder):
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, path in files:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: pack.py ARCHIVE FOLDER")
    pack(sys.argv[1], pathlib.Path(sys.argv[2]))
