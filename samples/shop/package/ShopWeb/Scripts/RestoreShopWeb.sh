#!/bin/sh
# SPDX-License-Identifier: MIT
# Brings back the release of ShopWeb that was installed at the Backup step.
. "$(dirname "$0")/shop.sh"

shop_restore_release web
