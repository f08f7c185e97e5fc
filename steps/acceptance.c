// SPDX-License-Identifier: MIT
#include "steps/acceptance.h"

#include "steps/query.h"

void ledger_acceptance_release(struct ledger_acceptance *acceptance)
{
	free(acceptance->signed_by);
	free(acceptance->sign_reason);
	free(acceptance->restored_by);
	free(acceptance->restores);
	free(acceptance->restore_user);
	free(acceptance->restore_reason);
	*acceptance = (struct ledger_acceptance){ 0 };
}

bool ledger_acceptance_get(struct ledger *ledger, int64_t runbook, struct ledger_acceptance *ret, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_ACCEPTANCE, err))
		return false;
	query_bind_int(&query, runbook);
	if (!query_row(&query, &found, err))
		return false;
	*ret = (struct ledger_acceptance){
		.signed_ns = query_int(&query, 0),
		.signed_by = query_text(&query, 1),
		.sign_reason = query_text(&query, 2),
		.pruned_ns = query_int(&query, 3),
		.restored_by = query_text(&query, 4),
		.is_restored = query_int(&query, 5) != 0,
		.restores = query_text(&query, 6),
		.restores_key = query_int(&query, 7),
		.restore_ns = query_int(&query, 8),
		.restore_user = query_text(&query, 9),
		.restore_reason = query_text(&query, 10),
	};
	return true;
}

bool ledger_sign_off(struct ledger *ledger, int64_t runbook, const struct ledger_decision *decision, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SIGN_OFF_INSERT, err))
		return false;
	query_bind_int(&query, runbook);
	query_bind_int(&query, decision->time_ns);
	query_bind_text(&query, decision->user);
	query_bind_text(&query, decision->reason);
	return query_run(&query, err);
}

bool ledger_prune(struct ledger *ledger, int64_t runbook, int64_t time_ns, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_SIGN_OFF_PRUNE, err))
		return false;
	query_bind_int(&query, time_ns);
	query_bind_int(&query, runbook);
	return query_run(&query, err);
}

bool ledger_restoration_add(struct ledger *ledger, int64_t runbook, int64_t restored,
			    const struct ledger_decision *decision, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_RESTORATION_INSERT, err))
		return false;
	query_bind_int(&query, runbook);
	query_bind_int(&query, restored);
	query_bind_int(&query, decision->time_ns);
	query_bind_text(&query, decision->user);
	query_bind_text(&query, decision->reason);
	return query_run(&query, err);
}

bool ledger_document_data(struct ledger *ledger, int64_t runbook, char **ret_topology_xml, char **ret_service_model_xml,
			  struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, ledger, QUERY_EXPORT_HEAD, err))
		return false;
	query_bind_int(&query, runbook);
	if (!query_row(&query, &found, err))
		return false;
	*ret_topology_xml = query_text(&query, 1);
	*ret_service_model_xml = query_text(&query, 2);
	return true;
}
