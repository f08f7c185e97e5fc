# SPDX-License-Identifier: MIT
"""ShopReport: sales per day, from the database, as reports/sales-DATE.csv and .html.

Runs as a service that writes the report at its start and then every hour; `--once` writes it on demand. What the figures are is
the matter of figures.py, which every version brings anew. The page links to ShopWeb and names the version that runs there.
"""

import contextlib
import csv
import datetime
import html
import io
import json
import os
import signal
import sqlite3
import sys
import time
import urllib.request

import figures
import service


def write_file(path, text):
    """Whoever opens the report sees the old one or the new one, never half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text)
    os.replace(partial, path)


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([figures.COLUMNS, *rows])
    return text.getvalue()


def as_page(rows, port):
    url = f"http://127.0.0.1:{port}/"
    with urllib.request.urlopen(url + "version", timeout=10) as answer:
        shop = json.load(answer)["version"]
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}" for cell in row) + "\n" for row in rows)
    return (
        f"<!DOCTYPE html>\n<title>Sales</title>\n<h1>Sales per day</h1>\n<p>ShopReport {service.VERSION}"
        f" for <a href=\"{url}\">Shop {html.escape(shop)}</a></p>\n<table>\n"
        f"<tr>{''.join(f'<th>{column}' for column in figures.COLUMNS)}\n{lines}</table>\n"
    )


def write_report(home, port):
    with contextlib.closing(sqlite3.connect(home / "data" / "shop.db", timeout=10)) as db:
        rows = figures.sales(db)
    folder = home / "reports"
    folder.mkdir(exist_ok=True)
    name = f"sales-{datetime.date.today().isoformat()}"
    write_file(folder / f"{name}.html", as_page(rows, port))
    write_file(folder / f"{name}.csv", as_csv(rows))
    return folder / f"{name}.csv"


def main():
    arguments = service.arguments("ShopReport: sales per day")
    if arguments.once:
        print(write_report(arguments.home, arguments.port))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    service.take_lock(arguments.home, "report")
    while True:
        pause_s = 3600
        try:
            print(f"wrote {write_report(arguments.home, arguments.port)}", flush=True)
            (arguments.home / "run" / "report.ready").touch()  # Start waits for it
        except (OSError, sqlite3.Error) as error:
            print(f"no report: {error}; trying again in a minute", flush=True)
            pause_s = 60
        time.sleep(pause_s)


main()
