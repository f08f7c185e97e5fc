#!/bin/sh
# SPDX-License-Identifier: MIT
# Starts ShopReport and waits until it has written its first report.
. "$(dirname "$0")/shop.sh"

ready=$SHOP_HOME/run/report.ready
shop_is_running report || rm -f "$ready"
shop_start_service report report.py test -e "$ready"
