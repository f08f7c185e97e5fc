#!/bin/sh
# SPDX-License-Identifier: MIT
# Stops ShopWeb; that it is not running, or not even installed, is fine.
. "$(dirname "$0")/shop.sh"

shop_stop_service web
