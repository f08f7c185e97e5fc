// SPDX-License-Identifier: MIT
/*
 * Finding or making the folder of a package that is to be installed, and the id its runbook gets.
 */
#pragma once

#include "engine/install.h"

struct install_source {
	char *root;       /* the package root, absolute */
	char *runbook_id; /* the one asked for, else NAME-DIGEST, with -dev behind it for INSTALL_DEV */
};

void install_source_release(struct install_source *source);

/*
 * Extracts an archive to `beside`/packages/NAME-DIGEST, unless that was done before; a folder is taken as it is. The root is that folder, or the one folder in
 * it that holds the service models. A folder's digest is that of its path and of the documents that say what it installs, so that a mended script
 * keeps the id. ERROR_INPUT: no package. ERROR_REFUSED: none that `request->kind` can install.
 */
bool install_source_open(const struct install_request *request, const char *beside, struct install_source *ret,
			 struct error *err);

/* DefaultServiceModelData.xml, or its sibling. */
const char *install_service_model_name(enum install_kind kind);

/*
 * The beginning of a runbook id: a package's file name without path and ending, other characters than letters, digits, `.`, `_`, `-` as `-`,
 * at most 48 bytes, "package" if nothing is left. The caller frees it.
 */
char *install_name(const char *package);
