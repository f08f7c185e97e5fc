#!/bin/sh
# SPDX-License-Identifier: MIT
# Saves the release of ShopReport that is installed.
. "$(dirname "$0")/shop.sh"

shop_backup_release report
