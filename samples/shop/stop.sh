#!/bin/sh
# SPDX-License-Identifier: MIT
# Stops the services of the shop, whatever their version. It finds the shop as the step scripts do: ~/.config/shop.conf.
# shellcheck source=lib/shop.sh
. "$(dirname "$0")/lib/shop.sh"

shop_stop_service report
shop_stop_service web
