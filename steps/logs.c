// SPDX-License-Identifier: MIT
#include "steps/logs.h"

#include "steps/query.h"

bool ledger_log_each(struct ledger *ledger, int64_t runbook,
		     bool (*row)(void *context, const struct ledger_log *, struct error *), void *context,
		     struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_EXPORT_LOGS, err))
		return false;
	query_bind_int(&query, runbook);
	while (query_row(&query, &found, err) && found) {
		const struct ledger_log log = {
			.step = (uint32_t)query_int(&query, 0),
			.attempt = (uint32_t)query_int(&query, 1),
			.time = query_peek(&query, 2),
			.file = query_peek(&query, 3),
			.text = query_peek(&query, 4),
		};

		if (!row(context, &log, err))
			return false;
	}
	return !error_is_set(err);
}
