// SPDX-License-Identifier: MIT
#include "engine/survivors.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "engine/supervisor/name_value.h"
#include "engine/supervisor/outcome.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { STARTED_LIMIT_BYTES = 64 * 1024, LOOK_MS = 20, KILL_MS = 2000 };

struct started {
	char boot_id[CLOCK_BOOT_ID_SIZE];
	pid_t supervisor; /* the leader of its session; 0: unknown */
	char *cgroup;     /* NULL: none */
};

static void started_release(struct started *started)
{
	free(started->cgroup);
}

static bool take_pair(void *context, const char *name, const char *value)
{
	struct started *self = context;

	if (strcmp(name, "boot_id") == 0)
		(void)snprintf(self->boot_id, sizeof(self->boot_id), "%s", value);
	else if (strcmp(name, "supervisor") == 0)
		self->supervisor = (pid_t)strtol(value, NULL, 10);
	else if (strcmp(name, "cgroup") == 0 && !self->cgroup)
		self->cgroup = xstrdup(value);
	return true;
}

/* False if it was another boot, or cannot be known: then nothing can be told from its numbers. */
static bool read_started(const char *attempt_folder, struct started *ret)
{
	CLEANUP_FREE char *path = fs_join(attempt_folder, ATTEMPT_STARTED);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;
	char boot_id[CLOCK_BOOT_ID_SIZE];
	unsigned line;

	clock_boot_id(boot_id);
	return fs_read_file(path, STARTED_LIMIT_BYTES, &text, &unreadable) &&
	       name_value_each(text.data, take_pair, ret, &line) && ret->supervisor > 0 &&
	       strcmp(ret->boot_id, boot_id) == 0;
}

void survivors_find(const char *attempt_folder, struct process_tree *ret)
{
	CLEANUP_FREE char *entry = xasprintf("RUNBOOK_RESULT=%s/" ATTEMPT_RESULT, attempt_folder);
	CLEANUP(started_release) struct started started = { 0 };

	ret->count = 0;
	if (read_started(attempt_folder, &started))
		process_tree_read_orphans(ret, started.supervisor, started.cgroup, entry);
}

bool survivors_refuse(const struct run *run, const struct ledger_step *step, struct error *err)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	CLEANUP(ledger_attempt_release) struct ledger_attempt last = { 0 };
	CLEANUP_STRBUF struct strbuf names = STRBUF_INIT;
	const struct ledger_place place = { .runbook = run->runbook.key, .step = step->number };

	if (step->state != STATE_INTERRUPTED || !step->attempt_count)
		return true;
	if (!ledger_attempt_get(run->ledger, place, &last, err))
		return false;
	survivors_find(last.folder, &tree);
	if (!tree.count)
		return true;
	process_tree_describe(&tree, PROCESS_ALL, &names);
	return error_set(err, ERROR_REFUSED,
			 "step %u: its supervisor is dead, but of its script there still run: %s\n"
			 "  wait for their end, or end them: runbook stop -runbookid=%s -now%s",
			 step->number, names.data, run->runbook.id, run->request->repeat_options);
}

/* True once none of them is left. */
static bool wait_for_end(const char *attempt_folder, int64_t limit_ms, int signal, struct process_tree *tree)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	int64_t until_ns = clock_boot_ns() + limit_ms * 1000000;

	for (;;) {
		survivors_find(attempt_folder, tree);
		if (!tree->count || clock_boot_ns() >= until_ns)
			return !tree->count;
		(void)process_tree_signal(tree, PROCESS_ALL, signal);
		(void)nanosleep(&pause, NULL);
	}
}

bool survivors_end(const char *attempt_folder, int64_t grace_ms, size_t *ret_count, struct error *err)
{
	CLEANUP(process_tree_release) struct process_tree tree = PROCESS_TREE_INIT;
	CLEANUP_STRBUF struct strbuf names = STRBUF_INIT;

	survivors_find(attempt_folder, &tree);
	*ret_count = tree.count;
	(void)process_tree_signal(&tree, PROCESS_ALL, SIGTERM);
	(void)process_tree_signal(&tree, PROCESS_ALL, SIGCONT); /* a stopped one would not see it */
	if (!tree.count || wait_for_end(attempt_folder, grace_ms, 0, &tree) ||
	    wait_for_end(attempt_folder, KILL_MS, SIGKILL, &tree))
		return true;
	process_tree_describe(&tree, PROCESS_ALL, &names);
	return error_set(err, ERROR_SYSTEM, "could not be killed: %s", names.data);
}
