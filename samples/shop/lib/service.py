# SPDX-License-Identifier: MIT
"""What the services of the shop share: their arguments and the lock by which Stop and Start find them."""

import argparse
import fcntl
import os
import pathlib
import sys
import time

# The version of this release; build.sh writes the file. Read at the start: the service may outlive its folder for a while.
VERSION = pathlib.Path(__file__).with_name("VERSION").read_text(encoding="ascii").strip()

_held = []  # the lock lives as long as its file is open


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--home", type=pathlib.Path, required=True, help="folder of the shop")
    parser.add_argument("--port", type=int, required=True, help="port of ShopWeb on 127.0.0.1")
    parser.add_argument("--once", action="store_true", help="do the work once, print what was made, and end")
    return parser.parse_args()


def take_lock(home, name):
    """Takes the lock of the service and writes the process id into it; ends the program if it runs already."""
    file = open(home / "run" / f"{name}.lock", "a", encoding="ascii")
    for _ in range(20):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.1)  # a script that only looks holds it for a moment
    else:
        sys.exit(f"{name} is running already")
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    _held.append(file)


