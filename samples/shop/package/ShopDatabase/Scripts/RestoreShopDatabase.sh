#!/bin/sh
# SPDX-License-Identifier: MIT
# Brings back the migrations and the database as they were at the Backup step. The database that is there now is kept in
# the backup folder.
. "$(dirname "$0")/shop.sh"

shop_restore_release database
exec python3 -B "$(dirname "$0")/shop_backup.py" restore
