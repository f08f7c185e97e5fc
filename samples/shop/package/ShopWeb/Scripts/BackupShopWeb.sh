#!/bin/sh
# SPDX-License-Identifier: MIT
# Saves the release of ShopWeb that is installed.
. "$(dirname "$0")/shop.sh"

shop_backup_release web
