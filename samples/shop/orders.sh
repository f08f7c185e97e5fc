#!/bin/sh
# SPDX-License-Identifier: MIT
# orders.sh [COUNT]: orders COUNT (25) times from the shop that is running, over HTTP like any customer, whatever its version.
# It finds the shop as the step scripts do: SHOP_HOME and SHOP_PORT in ~/.config/shop.conf.
set -eu

count=${1:-25}
PYTHONPATH=$(dirname "$0")/lib
export PYTHONPATH
exec python3 -B - "$count" <<'END'
import json
import sys
import urllib.request

import shop


def order(number):
    wish = {"customer": number * 13 % 240 + 1, "product": number * 5 % 24 + 1, "quantity": number % 4 + 1}
    request = urllib.request.Request(f"http://127.0.0.1:{shop.PORT}/orders", json.dumps(wish).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["id"]


def main():
    numbers = [order(number) for number in range(int(sys.argv[1]))]
    print(f"{len(numbers)} orders taken, the last is number {numbers[-1]}" if numbers else "no orders")


shop.run(main)
END
