# SPDX-License-Identifier: MIT
"""What the step scripts of the shop in python3 share, and `shop.py get PATH` for those in sh.

build.sh puts a copy into every Scripts folder, because the folder of a service model is complete in itself and may be
shipped alone.
"""

import os
import pathlib
import sqlite3
import sys
import urllib.request
import xml.etree.ElementTree


def _setting(name, default):
    """The value of NAME in ~/.config/shop.conf, else the default; the last line wins, as in shop.sh."""
    value = default
    settings = pathlib.Path.home() / ".config" / "shop.conf"
    if settings.exists():
        for line in settings.read_text().splitlines():
            key, _, text = line.partition("=")
            if key == name and text:
                value = text
    return value


HOME = pathlib.Path(_setting("SHOP_HOME", "/opt/shop" if os.getuid() == 0 else str(pathlib.Path.home() / "shop")))
PORT = int(_setting("SHOP_PORT", "8642"))
DATABASE = HOME / "data" / "shop.db"
TABLES = ("customers", "products", "orders")


def run(step):
    """Runs the step; what goes wrong on the machine becomes one clear line on standard error and exit code 1."""
    try:
        step()
    except (OSError, ValueError, sqlite3.Error) as error:
        sys.exit(f"{type(error).__name__}: {error}")


def backup_folder():
    return pathlib.Path(os.environ["RUNBOOK_BACKUP_FOLDER"])


def package_version():
    """The version this package brings, from the file the engine records it from."""
    info = pathlib.Path(__file__).with_name("InstallationInfo.xml")
    return xml.etree.ElementTree.parse(info).findtext("Version")


def open_database(path):
    """Opens an existing database; sqlite3.connect alone would make an empty one of a mistyped path."""
    return sqlite3.connect(f"{pathlib.Path(path).as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None)


def count_rows(db):
    """How many rows each of the tables has that every version of the schema has."""
    return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def get(path):
    """The body of the answer of ShopWeb to GET path."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=10) as answer:
            return answer.read().decode()
    except OSError as error:  # URLError is one
        sys.exit(f"ShopWeb does not answer GET {path} on port {PORT}: {getattr(error, 'reason', error)}")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "get":
        sys.exit("usage: shop.py get PATH")
    run(lambda: print(get(sys.argv[2]), end=""))
