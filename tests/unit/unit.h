// SPDX-License-Identifier: MIT
/*
 * What every unit test includes: cmocka wants these headers before its own, in any order.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
