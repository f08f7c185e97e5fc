// SPDX-License-Identifier: MIT
#include "engine/substep/sub_step_defined.h"

#include <inttypes.h>
#include <string.h>

#include "engine/interpreter.h"
#include "engine/substep/step_command.h"
#include "packages/digest.h"
#include "packages/package_root.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* The definition is read whole before anything runs: the ledger is not read while it is changed. */
struct definition {
	struct strv groups;
	struct strv names;
	struct strv files;
	struct strv digests;
};

static void definition_release(struct definition *definition)
{
	strv_release(&definition->groups);
	strv_release(&definition->names);
	strv_release(&definition->files);
	strv_release(&definition->digests);
}

static bool note(void *context, const struct ledger_defined_sub_step *sub_step, struct error *err)
{
	struct definition *definition = context;

	(void)err;
	strv_push(&definition->groups, sub_step->group);
	strv_push(&definition->names, sub_step->name);
	strv_push(&definition->files, sub_step->file_name);
	strv_push(&definition->digests, sub_step->sha256);
	return true;
}

struct defined_run {
	struct ledger *ledger;
	const struct sub_step_defined_request *request;
	struct ledger_place place;
	struct ledger_step step;
	struct package_root root;
	struct definition definition;
};

static void defined_run_release(struct defined_run *run)
{
	ledger_step_release(&run->step);
	package_root_release(&run->root);
	definition_release(&run->definition);
}

static const char *variable(const char *name)
{
	const char *text = getenv(name);

	return text ? text : "";
}

static bool open_run(struct defined_run *run, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	const struct sub_step_surroundings *inside = run->request->inside;

	if (!ledger_runbook_get(run->ledger, inside->runbook_id, &runbook, err))
		return false;
	run->place = (struct ledger_place){ runbook.key, inside->step, inside->attempt };
	if (!ledger_step_get(run->ledger, runbook.key, inside->step, &run->step, err) ||
	    !package_root_open(variable("RUNBOOK_PACKAGE_ROOT"), &run->root, err) ||
	    !ledger_sub_step_each_defined(run->ledger, run->place, note, &run->definition, err))
		return false;
	if (!run->definition.names.count)
		return error_set(err, ERROR_USAGE, "step %" PRIu32 " of %s has no DynamicStepDefinition", inside->step,
				 inside->runbook_id);
	return true;
}

static bool run_first(const struct defined_run *run, struct error *err)
{
	const struct step_command command = { run->request->first, NULL, run->request->umask };
	CLEANUP_ERROR struct error not_started = ERROR_INIT;
	struct step_command_end end;

	if (!run->request->first || !run->request->first[0])
		return true;
	if (!step_command_run(&command, &end, &not_started))
		return error_set(err, (enum error_code)end.exit_code, "%s", not_started.message);
	if (end.signal)
		return error_set(err, (enum error_code)(ERROR_SIGNAL + end.signal), "%s: ended by signal %d",
				 run->step.file_name, end.signal);
	return end.exit_code == 0 ||
	       error_set(err, (enum error_code)end.exit_code, "%s: exit code %d", run->step.file_name, end.exit_code);
}

/* What is run must be what was imported, or what ran here last, or what somebody has accepted. */
static bool check_digest(const struct defined_run *run, const struct ledger_sub_step *known,
			 const struct package_file *file, const char digest[static DIGEST_TEXT_SIZE], struct error *err)
{
	const char *imported = run->definition.digests.items[known->number - 1];
	const char *expected = known->script_sha256 && *known->script_sha256 ? known->script_sha256 : imported;
	const struct ledger_file now = { run->place.runbook, package_root_relative(&run->root, file), digest };
	bool accepted = run->request->accept_change || strcmp(expected, digest) == 0;

	if (!accepted && !ledger_file_is_accepted(run->ledger, &now, &accepted, err))
		return false;
	if (accepted)
		return true;
	return error_set(err, ERROR_REFUSED,
			 "has changed since it was imported (SHA-256 %.12s..., now %.12s...); run the step with "
			 "-acceptchange -reason=... if that is meant",
			 *expected ? expected : "unknown", digest);
}

static bool run_script(struct defined_run *run, struct sub_step_request *request, const struct ledger_sub_step *known,
		       struct error *err)
{
	const char *file_name = run->definition.files.items[known->number - 1];
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_STRV struct strv argv = STRV_INIT;
	CLEANUP_FREE char *folder = NULL;
	char digest[DIGEST_TEXT_SIZE];

	if (!package_root_find_script(&run->root, run->step.service_model, file_name, &file, err) ||
	    !digest_fd(file.fd, file.path, digest, err) || !check_digest(run, known, &file, digest, err) ||
	    !interpreter_resolve(file.path, file.fd, variable("RUNBOOK_LOG_DIR"), &argv, err))
		return error_prefix(err, "sub-step %" PRIu32 ".%" PRIu32 " %s", run->place.step, known->number,
				    file_name);
	folder = fs_folder_of(file.path);
	request->argv = argv.items;
	request->folder = folder;
	request->script_sha256 = digest;
	return sub_step_run(run->ledger, request, err);
}

/* One that is done needs no script any more. */
static bool run_one(struct defined_run *run, size_t i, struct error *err)
{
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step known = { 0 };
	struct sub_step_request request = { .inside = run->request->inside,
					    .group = run->definition.groups.items[i],
					    .name = run->definition.names.items[i],
					    .umask = run->request->umask,
					    .quiet = run->request->quiet };
	const struct ledger_sub_step_name name = { request.group, request.name };

	return ledger_sub_step_find(run->ledger, run->place, name, &known, err) &&
	       (known.done ? sub_step_run(run->ledger, &request, err) : run_script(run, &request, &known, err));
}

bool sub_step_run_defined(struct ledger *ledger, const struct sub_step_defined_request *request, struct error *err)
{
	CLEANUP(defined_run_release)
	struct defined_run run = { .ledger = ledger, .request = request, .root = PACKAGE_ROOT_INIT };

	if (!open_run(&run, err) || !run_first(&run, err))
		return false;
	for (size_t i = 0; i < run.definition.names.count; i++)
		if (!run_one(&run, i, err))
			return false;
	return true;
}

/* ---- Looking ahead --------------------------------------------------------------------------------------- */

/* What the ledger knows of those that ran, in the order of their numbers: those of the definition have the first ones. */
struct known {
	struct strv digests; /* of the last run; "": none */
	bool *done;
	size_t alloc;
};

static void known_release(struct known *known)
{
	strv_release(&known->digests);
	free(known->done);
}

static bool note_known(void *context, const struct ledger_sub_step *sub_step, struct error *err)
{
	struct known *known = context;

	(void)err;
	known->done = xgrow(known->done, known->digests.count, &known->alloc, sizeof(*known->done));
	known->done[known->digests.count] = sub_step->done;
	strv_push(&known->digests, sub_step->script_sha256);
	return true;
}

static bool look_at_script(struct ledger *ledger, const struct sub_step_outlook_request *request, const char *file_name,
			   const char *expected, struct error *trouble)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_STRV struct strv argv = STRV_INIT;
	char digest[DIGEST_TEXT_SIZE];
	struct ledger_file now = { request->place.runbook, NULL, digest };
	bool accepted = request->accept_change;

	if (!package_root_find_script(request->root, request->service_model, file_name, &file, trouble) ||
	    !digest_fd(file.fd, file.path, digest, trouble) ||
	    !interpreter_resolve(file.path, file.fd, "", &argv, trouble))
		return false;
	now.path = package_root_relative(request->root, &file);
	if (!accepted && !ledger_file_is_accepted(ledger, &now, &accepted, trouble))
		return false;
	return accepted || strcmp(expected, digest) == 0 ||
	       error_set(trouble, ERROR_REFUSED, "%s has changed since it was imported; see -acceptchange", file_name);
}

bool sub_step_look_ahead(struct ledger *ledger, const struct sub_step_outlook_request *request,
			 struct sub_step_outlook *ret, struct error *err)
{
	CLEANUP(definition_release) struct definition definition = { 0 };
	CLEANUP(known_release) struct known known = { 0 };

	*ret = (struct sub_step_outlook){ 0 };
	if (!ledger_sub_step_each_defined(ledger, request->place, note, &definition, err) ||
	    !ledger_sub_step_each(ledger, request->place, note_known, &known, err))
		return false;
	ret->count = (uint32_t)definition.names.count;
	for (size_t i = 0; i < definition.names.count && !ret->trouble; i++) {
		CLEANUP_ERROR struct error trouble = ERROR_INIT;
		bool ran = i < known.digests.count && *known.digests.items[i];
		const char *expected = ran ? known.digests.items[i] : definition.digests.items[i];

		if (i < known.digests.count && known.done[i])
			continue;
		if (!look_at_script(ledger, request, definition.files.items[i], expected, &trouble))
			ret->trouble =
				xasprintf("sub-step %" PRIu32 ".%zu: %s", request->place.step, i + 1, trouble.message);
	}
	return true;
}
