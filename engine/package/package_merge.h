// SPDX-License-Identifier: MIT
/*
 * Several packages as one: all service models, modules and files of each.
 */
#pragma once

#include "engine/package/trusted_archive.h"
#include "runbook/base/strv.h"

struct package_merge_request {
	const struct strv *packages; /* archives or folders; in what is no conflict the first one counts */
	const char *out;             /* the zip file to make */
	struct trust trust;
};

struct package_merge_report {
	size_t service_models;
	size_t modules;
	uint64_t files;
	uint64_t bytes;
};

/*
 * Writes the merged package, whole or not at all. ERROR_INPUT with every conflict: a service model, module, file or document that two of them have and
 * that is not the same; and every problem that a package has by itself. ERROR_REFUSED: `out` exists, or the signature of a package. What is in none but the merged
 * package (its documents) is made by document_merge().
 */
bool package_merge(const struct package_merge_request *request, struct package_merge_report *ret, struct error *err);
