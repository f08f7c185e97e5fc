// SPDX-License-Identifier: MIT
/*
 * The ledger: what becomes of a runbook once its steps are done: it is signed off, or taken back. Conventions: steps/ledger.h, which callers include.
 */
#pragma once

#include <stdint.h>

#include "runbook/base/error.h"

struct ledger;

struct ledger_acceptance {
	int64_t signed_ns; /* 0: not signed off */
	char *signed_by;
	char *sign_reason;
	int64_t pruned_ns;    /* when its backups were removed; 0: they are there */
	char *restored_by;    /* id of the runbook that takes it back; "": none */
	bool is_restored;     /* all steps of that one are done */
	char *restores;       /* id of the runbook that this one takes back; "": none */
	int64_t restores_key; /* its key; 0: none */
	int64_t restore_ns;   /* when the runbook that restores was made; 0: there is none */
	char *restore_user;
	char *restore_reason;
};

void ledger_acceptance_release(struct ledger_acceptance *acceptance);

/* All texts are "" where there is nothing to say. */
bool ledger_acceptance_get(struct ledger *ledger, int64_t runbook, struct ledger_acceptance *ret, struct error *err);

/* Who decides, when and why. */
struct ledger_decision {
	const char *user;
	const char *reason;
	int64_t time_ns;
};

/* ERROR_REFUSED: steps that are not done, taken back, signed off already, or no reason. */
bool ledger_sign_off(struct ledger *ledger, int64_t runbook, const struct ledger_decision *decision, struct error *err);

/* Records that the backups of a runbook that is signed off are going to be removed: from then on it cannot be taken back. */
bool ledger_prune(struct ledger *ledger, int64_t runbook, int64_t time_ns, struct error *err);

/*
 * Records that `runbook`, just imported in the same transaction, takes `restored` back, which from then on is neither executed nor changed.
 * ERROR_REFUSED: its backups were removed, it restores another itself, or another one restores it.
 */
bool ledger_restoration_add(struct ledger *ledger, int64_t runbook, int64_t restored,
			    const struct ledger_decision *decision, struct error *err);

/* What stands around the steps of a runbook's document, as XML text; the caller frees both. */
bool ledger_document_data(struct ledger *ledger, int64_t runbook, char **ret_topology_xml, char **ret_service_model_xml,
			  struct error *err);
