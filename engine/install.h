// SPDX-License-Identifier: MIT
/*
 * From a package to an updated machine in one go: extract, generate, import, execute.
 *
 * What is made on the way lies beside the ledger: packages/NAME-DIGEST (an archive's content) and runbooks/ID (topology and runbook). Called again for
 * the same package it goes on with the same runbook. What is done is noted on standard error, unless run.quiet.
 */
#pragma once

#include "engine/generate.h"
#include "engine/package/trusted_archive.h"
#include "engine/run.h"

enum install_kind {
	INSTALL_ALL, /* DefaultServiceModelData.xml */
	INSTALL_DEV, /* DevInstallServiceModelData.xml */
};

struct install_request {
	enum install_kind kind;
	const char *package;    /* archive or folder */
	const char *runbook_id; /* NULL: made from the package's name and digest */
	struct trust trust;
	struct generate_request
		plan; /* how to plan; its topology file NULL: every service model, on localhost; the other paths are filled in */
	struct run_request run; /* how to run; runbook and package are filled in */
};

/*
 * Installs the package. A runbook that is there already is gone on with: a step that failed is run again. ERROR_REFUSED:
 * the package has no DevInstallServiceModelData.xml (for INSTALL_DEV), or the id belongs to another package. Otherwise as generate_runbook(),
 * ledger_import() and run_execute().
 */
bool install_package(struct ledger *ledger, const struct install_request *request, struct error *err);
