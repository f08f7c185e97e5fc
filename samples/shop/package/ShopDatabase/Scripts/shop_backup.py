# SPDX-License-Identifier: MIT
"""shop_backup.py save|restore: the database in the backup folder of the run, as shop.db, or shop.db.none if there was none.

A backup that is complete is never replaced: when the step is run again, the database may be the new one, or half of it.
"""

import contextlib
import os
import sys

import shop


def _sync(path):
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _copy(source, target):
    """Copies a database into another, in one transaction: cut off, the target is as it was. Returns the rows as text."""
    target.touch()
    with contextlib.closing(shop.open_database(source)) as old, contextlib.closing(shop.open_database(target)) as new:
        old.backup(new)
        return ", ".join(f"{count} {table}" for table, count in shop.count_rows(new).items())


def _keep(target):
    """Saves the database of the shop as `target`, which appears under its name only when it is complete and on the disk."""
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    rows = _copy(shop.DATABASE, partial)
    _sync(partial)
    os.replace(partial, target)
    _sync(target.parent)
    print(f"{shop.DATABASE} ({rows}) saved as {target}")


def save():
    saved = shop.backup_folder() / "shop.db"
    none = shop.backup_folder() / "shop.db.none"
    if saved.exists() or none.exists():
        print(f"the backup in {shop.backup_folder()} is complete; keeping it")
    elif shop.DATABASE.exists():
        _keep(saved)
    else:
        none.touch()
        _sync(none.parent)
        print("there is no database yet: nothing to back up")


def restore():
    saved = shop.backup_folder() / "shop.db"
    replaced = shop.backup_folder() / "shop.db.replaced"
    if not saved.exists() and not (shop.backup_folder() / "shop.db.none").exists():
        sys.exit(f"no backup of the database in {shop.backup_folder()}")
    if shop.DATABASE.exists() and not replaced.exists():
        _keep(replaced)
    if saved.exists():
        shop.DATABASE.parent.mkdir(parents=True, exist_ok=True)
        print(f"{shop.DATABASE} is back: {_copy(saved, shop.DATABASE)}")
    else:
        for suffix in ("", "-wal", "-shm", "-journal"):
            shop.DATABASE.with_name(shop.DATABASE.name + suffix).unlink(missing_ok=True)
        print("the database is removed: there was none before")


if __name__ == "__main__":
    if sys.argv[1:] not in (["save"], ["restore"]):
        sys.exit("usage: shop_backup.py save|restore")
    shop.run(save if sys.argv[1] == "save" else restore)
