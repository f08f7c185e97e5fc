// SPDX-License-Identifier: MIT
#include "engine/built_in.h"

#include "engine/installed.h"
#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"

static bool install(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said,
		    struct error *err)
{
	CLEANUP(installed_release) struct installed installed = { 0 };
	CLEANUP_FREE char *why = NULL;
	struct ledger_component component = { .runbook_id = run->runbook.id,
					      .package_root = run->root.path,
					      .installed_ns = clock_wall_ns() };

	if (!installed_read(run, step->service_model, &installed, &why)) {
		*ret_state = STATE_FAILED;
		*ret_said = TAKE(why);
		return true;
	}
	component.name = installed.name;
	component.version = installed.version;
	*ret_state = STATE_COMPLETED;
	*ret_said = xasprintf("%s is at version %s%s", installed.name, installed.version,
			      why ? " (of the package: it has no InstallationInfo.xml)" : "");
	return ledger_component_add(run->ledger, &component, step->number, err);
}

static bool add_returned(void *context, const struct ledger_component *component, struct error *err)
{
	struct strbuf *said = context;

	(void)err;
	strbuf_addf(said, "%s%s ", said->length ? "; " : "", component->name);
	if (*component->version)
		strbuf_addf(said, "is back at version %s", component->version);
	else
		strbuf_add_str(said, "is not installed any more");
	return true;
}

/* In a runbook that takes another one back. */
static bool take_back(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said,
		      struct error *err)
{
	CLEANUP_STRBUF struct strbuf said = STRBUF_INIT;
	const struct component_return request = { .restored = run->acceptance.restores_key,
						  .service_model = step->service_model,
						  .runbook_id = run->runbook.id,
						  .step = step->number,
						  .time_ns = clock_wall_ns() };

	if (!ledger_component_return(run->ledger, &request, add_returned, &said, err))
		return false;
	*ret_state = STATE_COMPLETED;
	*ret_said = said.length ? strbuf_detach(&said)
				: xasprintf("%s: no version was recorded by %s", step->service_model,
					    run->acceptance.restores);
	return true;
}

static void leave_manifest(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said)
{
	CLEANUP_FREE char *folder = xasprintf("%s/ETWManifest", step->service_model);
	bool found = package_root_has_files(&run->root, folder);

	*ret_state = STATE_COMPLETED;
	*ret_said = found ? xasprintf("%s holds manifests for Windows event tracing; nothing here uses them", folder)
			  : xasprintf("%s has no ETW manifest", step->service_model);
}

/* Texts of a record are the ledger's to read only, but its struct owns them elsewhere. */
static char nothing[] = "";

static bool start(struct run *run, const struct ledger_step *step, struct ledger_attempt *record, struct error *err)
{
	*record = (struct ledger_attempt){ .step = step->number,
					   .state = STATE_IN_PROGRESS,
					   .boot_id = run->boot_id,
					   .started_ns = clock_wall_ns(),
					   .started_boot_ns = clock_boot_ns(),
					   .exit_code = -1,
					   .script_sha256 = nothing,
					   .folder = nothing,
					   .log_path = nothing,
					   .cpu_us = -1,
					   .peak_memory_kb = -1,
					   .left_behind = nothing,
					   .reason = nothing,
					   .user = (char *)run->request->user };
	return ledger_attempt_start(run->ledger, run->runbook.key, record, err);
}

bool built_in_execute(struct run *run, const struct ledger_step *step, enum step_state *ret_state, char **ret_said,
		      struct error *err)
{
	struct ledger_attempt record;

	if (!start(run, step, &record, err))
		return false;
	if (step->type == STEP_TYPE_ETW_MANIFEST)
		leave_manifest(run, step, ret_state, ret_said);
	else if (run->acceptance.restores_key ? !take_back(run, step, ret_state, ret_said, err)
					      : !install(run, step, ret_state, ret_said, err))
		return false;
	record.state = *ret_state;
	record.reason = *ret_said;
	record.ended_ns = clock_wall_ns();
	record.duration_ns = clock_boot_ns() - record.started_boot_ns;
	return ledger_attempt_end(run->ledger, run->runbook.key, &record, err);
}
