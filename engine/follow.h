// SPDX-License-Identifier: MIT
/*
 * Follows a running attempt: shows its log as it grows, until its supervisor has ended.
 */
#pragma once

#include "engine/signals.h"
#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

struct follow_request {
	const char *attempt_folder;
	const char *log_path;
	int report;  /* of supervisor_start(); -1: an adopted attempt, whose lock tells when it ends */
	bool silent; /* show nothing */
	struct signals *signals;
};

/*
 * Shows the log from its first byte. ERROR_SIGNAL + n if a signal says to leave: the attempt goes on. `ret_trouble` gets what the supervisor said of its own trouble; empty if it had none.
 */
bool follow_attempt(const struct follow_request *request, struct strbuf *ret_trouble, struct error *err);
