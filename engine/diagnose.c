// SPDX-License-Identifier: MIT
#include "engine/diagnose.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "engine/stop.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

/* Makes failures of a catalogue that was read, and adds them. */
static void add_failures(struct diagnoser *self, size_t which, const char *path)
{
	const struct catalogue *catalogue = &self->catalogues[which];

	self->failures[which] = xcalloc(catalogue->count + 1, sizeof(struct failure));
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct catalogue_entry *entry = &catalogue->items[i];
		CLEANUP_ERROR struct error err = ERROR_INIT;

		self->failures[which][i] =
			(struct failure){ .code = entry->code,
					  .patterns = entry->patterns,
					  .cause = entry->cause,
					  .action = entry->action,
					  .how = entry->exit_code < 0 ? FAILS_BY_LINE : FAILS_BY_EXIT_CODE,
					  .number = entry->exit_code };
		if (!failure_finder_add(self->finder, &self->failures[which][i], &err))
			problem_add(&self->problems, path, entry->line, "%s", err.message);
	}
}

static void add_file(struct diagnoser *self, size_t which, const char *path)
{
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (access(path, F_OK) < 0)
		return;
	if (!fs_check_owned_path(path, "catalogue of failures", &err))
		problem_add(&self->problems, path, 0, "%s", err.message);
	else if (catalogue_read(path, &self->catalogues[which], &self->problems, &warnings))
		add_failures(self, which, path);
}

static void add_package_file(struct diagnoser *self, size_t which, const struct package_root *root, const char *path)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error none = ERROR_INIT;

	if (package_root_find_file(root, path, &file, &none))
		add_file(self, which, file.path);
}

void diagnoser_open(struct diagnoser *diagnoser, const struct diagnose_request *request)
{
	*diagnoser = (struct diagnoser){ .finder = failure_finder_new(), .problems = PROBLEM_LIST_INIT };
	if (request->root && request->service_model) {
		CLEANUP_FREE char *own = xasprintf("%s/Scripts/" CATALOGUE_FILE_NAME, request->service_model);

		add_package_file(diagnoser, 0, request->root, own);
	}
	if (request->root)
		add_package_file(diagnoser, 1, request->root, CATALOGUE_FILE_NAME);
	if (request->admin_file)
		add_file(diagnoser, 2, request->admin_file);
	failure_finder_add_known(diagnoser->finder);
}

void diagnoser_release(struct diagnoser *diagnoser)
{
	failure_finder_free(diagnoser->finder);
	for (size_t i = 0; i < DIAGNOSE_CATALOGUES; i++) {
		catalogue_release(&diagnoser->catalogues[i]);
		free(diagnoser->failures[i]);
	}
	problem_list_release(&diagnoser->problems);
}

void diagnose_attempt(struct diagnoser *diagnoser, const struct ledger_attempt *attempt, struct diagnosis *ret)
{
	const struct failure_end end = { .exit_code = attempt->exit_code,
					 .signal = attempt->signal,
					 .timed_out = attempt->state == STATE_TIMED_OUT };

	/* Who ended it and why is known: nothing is to be guessed from how the script took it. */
	if (strncmp(attempt->reason, STOPPED_BY, strlen(STOPPED_BY)) == 0) {
		*ret = (struct diagnosis){ 0 };
		return;
	}
	failure_diagnose(diagnoser->finder, attempt->log_path, &end, ret);
}

static __attribute__((format(printf, 3, 4))) void add_line(struct strbuf *ret, const char *indent, const char *format,
							   ...)
{
	va_list args;

	if (ret->length)
		strbuf_add_char(ret, '\n');
	strbuf_add_str(ret, indent);
	va_start(args, format);
	strbuf_vaddf(ret, format, args);
	va_end(args);
}

void diagnose_format(const struct diagnoser *diagnoser, const struct diagnosis *diagnosis, const char *indent,
		     struct strbuf *ret)
{
	CLEANUP_STRBUF struct strbuf lines = STRBUF_INIT;

	for (size_t i = 0; i < diagnosis->line_count; i++)
		add_line(&lines, indent, "line %" PRIu64 ": %s", diagnosis->lines[i].number, diagnosis->lines[i].text);
	if (diagnosis->failure) {
		add_line(&lines, indent, "cause: %s (%s)", diagnosis->failure->cause, diagnosis->failure->code);
		add_line(&lines, indent, "do:    %s", diagnosis->failure->action);
	}
	for (size_t i = 0; i < diagnoser->problems.count; i++) {
		CLEANUP_STRBUF struct strbuf problem = STRBUF_INIT;

		problem_format(&diagnoser->problems.items[i], &problem);
		add_line(&lines, indent, "note:  left out of the catalogue of failures: %s", problem.data);
	}
	strbuf_add(ret, lines.data, lines.length);
}
