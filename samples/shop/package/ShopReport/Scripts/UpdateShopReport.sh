#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts ShopReport into place. The reports it has written so far are not touched.
. "$(dirname "$0")/shop.sh"

shop_install_release report "$(dirname "$0")/../Packages/report"
