#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts ShopWeb and waits until it answers.
. "$(dirname "$0")/shop.sh"

answers() {
	python3 -B "$(dirname "$0")/shop.py" get /version 2>/dev/null
}
shop_start_service web shopweb.py answers
