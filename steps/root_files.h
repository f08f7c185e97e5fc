// SPDX-License-Identifier: MIT
/*
 * The files of a package as they were when its runbook was imported.
 *
 * A package that was extracted by us brings a list of digests with it (packages/digest_list.h). One that somebody put together by hand has none: then the
 * digests are recorded in the ledger, so that a file that changes between two attempts is noticed there, too.
 */
#pragma once

#include "packages/digest_list.h"
#include "packages/package_root.h"
#include "steps/ledger.h"

/*
 * Computes the digests of all files of the root's service models, scripts and payload; `ret` becomes NULL if the root has a list of its own. What could not be used by a
 * step either is left out: links, devices, and as root what somebody else could change. It takes as long as reading the files: not to be called within a transaction.
 * ERROR_SYSTEM: a file cannot be read; ERROR_REFUSED: the root's own list is damaged.
 */
bool root_files_read(const struct package_root *root, struct digest_list **ret, struct error *err);

/* Records those of them that belong to the runbook's service models. Within the import's transaction, before the runbook has started. */
bool root_files_record(struct ledger *ledger, int64_t runbook, const struct digest_list *list, struct error *err);

/* What was recorded; `ret` becomes NULL if nothing was. */
bool ledger_root_files(struct ledger *ledger, int64_t runbook, struct digest_list **ret, struct error *err);
