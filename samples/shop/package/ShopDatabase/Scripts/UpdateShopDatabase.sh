#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the migrations of this version into place. The database itself is changed by GlobalUpdate, which runs only once
# however many machines there are.
. "$(dirname "$0")/shop.sh"

shop_install_release database "$(dirname "$0")/../Packages/database"
