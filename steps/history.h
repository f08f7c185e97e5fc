// SPDX-License-Identifier: MIT
/*
 * What happened to a step, as the document tells it. Only for steps/.
 */
#pragma once

#include "runbook/base/clock.h"
#include "runbook/base/strbuf.h"
#include "runbook/step.h"
#include "steps/ledger.h"

struct history_request {
	int64_t runbook;
	enum step_state state;
	uint32_t attempt_count;
	uint32_t retry_base; /* attempts there were at the last rerun */
	bool has_overrides;  /* other than Imported */
};

struct history {
	struct strbuf detail_xml;
	struct strbuf output; /* NAME=VALUE lines of the last attempt */
	int64_t started_ns;   /* of the last attempt; 0: none */
	int64_t ended_ns;
	enum override_kind last; /* the last override but AcceptChange and Imported */
	bool is_last_override;   /* … and no attempt came after it */
	char *last_detail;
	bool has_rerun;
	struct history_request request;
	char start_time[CLOCK_TEXT_SIZE];
	char end_time[CLOCK_TEXT_SIZE];
};

#define HISTORY_INIT                                              \
	{                                                         \
		.detail_xml = STRBUF_INIT, .output = STRBUF_INIT, \
	}

/* Whether there is more to tell of the step, which came from the ledger, than the document it was imported from did. */
bool history_is_needed(const struct step *step, const struct history_request *request);

/* Reads what happened to that step of that runbook; all else of the request is what the caller knows of it already. */
bool history_read(struct ledger *ledger, const struct history_request *request, const struct step *step,
		  struct history *ret, struct error *err);

/* Makes the step tell it; its strings are then borrowed from `history`. */
void history_apply(struct history *history, struct step *step);
void history_release(struct history *history);
