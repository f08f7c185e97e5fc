// SPDX-License-Identifier: MIT
/*
 * What a step's state allows, asked before the schema would refuse it with less to say. Only for steps/.
 */
#pragma once

#include "steps/ledger.h"

struct step_standing {
	enum step_state state;
	uint32_t attempt_count;
	uint32_t override_count;
};

/* ERROR_INPUT if there is no such step. */
bool step_standing(struct ledger *ledger, int64_t runbook, uint32_t number, struct step_standing *ret,
		   struct error *err);

/* ERROR_REFUSED, with the reason, if the state table does not allow the event. */
bool step_allows(uint32_t number, const struct step_standing *standing, enum step_event event, struct error *err);

/* Sets ERROR_INPUT: "no step 9: runbook X has steps 1 to 4". Always returns false. */
bool step_missing(struct ledger *ledger, int64_t runbook, uint32_t number, struct error *err);
