// SPDX-License-Identifier: MIT
/*
 * What the verb logs shows of the logs it has chosen.
 */
#pragma once

#include "engine/commands/command.h"
#include "engine/diagnose.h"
#include "logs/pattern.h"

struct logs_show {
	const struct command_context *context;
	struct ledger_runbook runbook;
	struct package_root root; /* for the catalogues of failures; may be closed */
	struct pattern *grep;     /* NULL: all lines */
	bool errors;              /* only lines that tell of failures, and what they mean */
	bool follow;              /* until the attempt has ended */
	uint64_t tail;            /* of each log only the last lines; 0: all */
	bool is_named;            /* several logs are shown: each line says where it is from */
	uint64_t shown;           /* lines so far */
};

/* Shows the log of an attempt; one without a log is passed over, unless it is the only one asked for. */
bool logs_show_attempt(struct logs_show *show, const struct ledger_attempt *attempt, struct error *err);
