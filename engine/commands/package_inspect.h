// SPDX-License-Identifier: MIT
/*
 * What package inspect shows, for people and for programs.
 */
#pragma once

#include <jansson.h>

#include "engine/package/package_report.h"
#include "engine/package/package_view.h"

/* On standard output. */
void package_inspect_print(const struct package_view *view, const struct package_report *report);

/* The caller owns it. */
json_t *package_inspect_json(const struct package_view *view, const struct package_report *report);
