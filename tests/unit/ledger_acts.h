// SPDX-License-Identifier: MIT
/*
 * What happens to the steps of a fixture's runbook: attempts and overrides.
 */
#pragma once

#include "tests/unit/ledger_fixture.h"

/* A step of the runbook, or an attempt of it. */
static inline struct ledger_place fixture_place(const struct fixture *fixture, uint32_t step, uint32_t attempt)
{
	return (struct ledger_place){ fixture->runbook, step, attempt };
}

static inline enum step_state fixture_state(struct fixture *fixture, uint32_t number)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	assert_fine(ledger_step_get(fixture->ledger, fixture->runbook, number, &step, &err), &err);
	return step.state;
}

static inline bool fixture_start(struct fixture *fixture, uint32_t number, struct error *err)
{
	struct ledger_attempt attempt = {
		.step = number,
		.boot_id = LENT("boot"),
		.started_ns = 5000,
		.started_boot_ns = 50,
		.script_sha256 = LENT("abc"),
		.folder = LENT("/folder"),
		.log_path = LENT("/folder/log"),
		.user = LENT("root"),
	};

	return ledger_attempt_start(fixture->ledger, fixture->runbook, &attempt, err);
}

static inline bool fixture_end(struct fixture *fixture, uint32_t number, uint32_t attempt_number, enum step_state state,
			       struct error *err)
{
	struct ledger_attempt attempt = {
		.step = number,
		.number = attempt_number,
		.state = state,
		.ended_ns = 9000,
		.duration_ns = 4000,
		.exit_code = state == STATE_COMPLETED ? 0 : 1,
		.cpu_us = -1,
		.peak_memory_kb = 77,
		.left_behind = LENT(""),
		.reason = LENT(state == STATE_SKIPPED ? "not needed" : ""),
	};

	return ledger_attempt_end(fixture->ledger, fixture->runbook, &attempt, err);
}

static inline bool fixture_override(struct fixture *fixture, uint32_t number, enum override_kind kind,
				    const char *reason, struct error *err)
{
	const struct ledger_override override = {
		.step = number,
		.kind = kind,
		.state = STATE_COMPLETED,
		.reason = LENT(reason),
		.user = LENT("root (alice)"),
		.detail = LENT(kind == OVERRIDE_ACCEPT_CHANGE ? "def" : ""),
		.time_ns = 7000,
	};

	return ledger_override_add(fixture->ledger, fixture->runbook, &override, err);
}
