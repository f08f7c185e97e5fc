#!/bin/sh
# SPDX-License-Identifier: MIT
# Brings the database to the schema of this version. Each migration is one transaction, so the step can be run again
# after whatever happened to it.
. "$(dirname "$0")/shop.sh"

exec python3 -B "$SHOP_HOME/database/current/migrate.py" "$SHOP_HOME/data/shop.db"
