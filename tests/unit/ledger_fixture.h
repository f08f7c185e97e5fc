// SPDX-License-Identifier: MIT
/*
 * A ledger in a folder of its own, and runbooks in it, for the tests of steps/.
 */
#pragma once

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "steps/ledger.h"
#include "steps/recorder.h"

/* Structs with owned strings as arguments only borrow them. */
#define LENT(text) ((char *)(text))

struct fixture {
	char folder[40];
	char *path;
	struct ledger *ledger;
	int64_t runbook; /* of the last one added */
};

static inline void assert_fine(bool fine, struct error *err)
{
	if (!fine)
		fail_msg("%s", err->message);
}

/* Fails the test unless it failed with that code; leaves the error empty. */
static inline void assert_refused(bool fine, struct error *err, enum error_code code, const char *text)
{
	assert_false(fine);
	assert_int_equal(err->code, code);
	assert_non_null(err->message);
	if (!strstr(err->message, text))
		fail_msg("not \"%s\" in: %s", text, err->message);
	error_release(err);
}

static inline void fixture_open(struct fixture *fixture, enum ledger_mode mode)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_fine(ledger_open(fixture->path, mode, &fixture->ledger, &err), &err);
}

static inline int fixture_setup(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	(void)strcpy(fixture->folder, "/tmp/test-ledger-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	fixture->path = fs_join(fixture->folder, "below/ledger.db");
	fixture_open(fixture, LEDGER_WRITE);
	*state = fixture;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	ledger_close(fixture->ledger);
	assert_fine(fs_remove_tree(fixture->folder, &err), &err);
	free(fixture->path);
	free(fixture);
	return 0;
}

/* What a test changes of the steps it adds; a document state other than NotStarted comes with the step. */
typedef void step_maker(struct step *step);

static inline void fixture_add_step(struct recorder *recorder, uint32_t number, step_maker *make, struct error *err)
{
	CLEANUP_STEP struct step step;
	struct recorded_script *script;

	step_init(&step);
	step.number = number;
	step.fields = STEP_FIELDS_LONG;
	step.script.automated = true;
	step.script.retry_count = 2;
	free(step.script.file_name);
	step.script.file_name = xasprintf("script%u.sh", number % 3);
	free(step.machine);
	step.machine = xstrdup("vm1");
	free(step.service_model);
	step.service_model = xstrdup("AOSService");
	free(step.description);
	step.description = xasprintf("Step %u", number);
	if (make)
		make(&step);
	assert_fine(recorder_script(recorder, step.service_model, step.script.file_name, &script, err), err);
	if (!script->key)
		assert_fine(recorder_script_add(recorder, script, "abc", err), err);
	assert_fine(recorder_step(recorder, &step, script,
				  step.state == STEP_FAILED      ? STATE_TIMED_OUT
				  : step.state == STEP_COMPLETED ? STATE_COMPLETED
								 : STATE_NOT_STARTED,
				  err),
		    err);
}

/* Adds a runbook of that many steps. */
static inline void fixture_add_runbook(struct fixture *fixture, const char *id, uint32_t steps, step_maker *make)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct runbook_head head = { .topology_xml = LENT("<Name>t</Name>") };
	struct ledger_runbook runbook = { .id = LENT(id), .package_root = LENT("/package"), .imported_ns = 1000 };
	const struct recorder_request request = { &runbook, &head, "test" };
	struct recorder *recorder;

	assert_fine(ledger_begin(fixture->ledger, &err), &err);
	assert_fine(recorder_begin(fixture->ledger, &request, &recorder, &err), &err);
	for (uint32_t number = 1; number <= steps; number++)
		fixture_add_step(recorder, number, make, &err);
	assert_fine(recorder_seal(recorder, "MergedPackage", &err), &err);
	recorder_free(recorder);
	assert_fine(ledger_commit(fixture->ledger, &err), &err);
	assert_fine(ledger_runbook_get(fixture->ledger, id, &runbook, &err), &err);
	fixture->runbook = runbook.key;
	ledger_runbook_release(&runbook);
}
