#!/bin/sh
# SPDX-License-Identifier: MIT
# Saves the migrations that are installed, and the database.
. "$(dirname "$0")/shop.sh"

shop_backup_release database
exec python3 -B "$(dirname "$0")/shop_backup.py" save
