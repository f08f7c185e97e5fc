// SPDX-License-Identifier: MIT
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/runbook_acceptance.h"
#include "runbook/runbook_writer.h"
#include "steps/detail.h"
#include "steps/history.h"
#include "steps/query.h"
#include "steps/transfer.h"

/* Strings of what the writer gets are borrowed from the row they stand in. */
static char *lent(const struct query *query, int column)
{
	return (char *)query_peek(query, column);
}

static char *lent_or(const struct query *query, int column, const char *otherwise)
{
	const char *text = query_peek(query, column);

	return (char *)(*text ? text : otherwise);
}

static struct script lend_script(const struct query *row)
{
	return (struct script){
		.file_name = lent(row, 7),
		.present = query_int(row, 9) != 0,
		.automated = query_int(row, 10) != 0,
		.retry_count = (unsigned)query_int(row, 11),
		.timeout_min = (unsigned)query_int(row, 12),
		.no_auto_resume = query_int(row, 13) != 0,
		.description = lent(row, 14),
		.own_process = query_int(row, 20) != 0,
		.unknown_xml = lent(row, 26),
	};
}

static struct step lend_step(const struct query *row)
{
	return (struct step){
		.number = (uint32_t)query_int(row, 0),
		.machine = lent(row, 4),
		.description = lent(row, 5),
		.service_model = lent(row, 6),
		.script = lend_script(row),
		.type = lent(row, 8),
		.fields = (unsigned)query_int(row, 15),
		.runbook_id = lent(row, 16),
		.package_id = lent(row, 17),
		.package_type = lent(row, 18),
		.concurrency = lent(row, 19),
		.completed_manually = query_int(row, 21) != 0,
		.start_time = lent_or(row, 22, CLOCK_TEXT_MIN),
		.end_time = lent_or(row, 23, CLOCK_TEXT_MAX),
		.output = lent(row, 24),
		.detail_xml = lent(row, 25),
		.unknown_xml = lent(row, 27),
	};
}

static bool read_sub_steps(struct ledger *ledger, int64_t key, struct script *script, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	size_t alloc = 0;
	bool found = false;

	if (!query_open(&query, ledger, QUERY_EXPORT_SUB_STEPS, err))
		return false;
	query_bind_int(&query, key);
	while (query_row(&query, &found, err) && found) {
		script->sub_steps =
			xgrow(script->sub_steps, script->sub_step_count, &alloc, sizeof(*script->sub_steps));
		script->sub_steps[script->sub_step_count++] = (struct sub_step){
			.name = query_text(&query, 0),
			.group = query_text(&query, 1),
			.file_name = query_text(&query, 2),
			.description = query_text(&query, 3),
		};
	}
	return !error_is_set(err);
}

static void free_sub_steps(struct script *script)
{
	for (size_t i = 0; i < script->sub_step_count; i++) {
		free(script->sub_steps[i].name);
		free(script->sub_steps[i].group);
		free(script->sub_steps[i].file_name);
		free(script->sub_steps[i].description);
	}
	free(script->sub_steps);
}

struct export
{
	struct ledger *ledger;
	int64_t runbook;
	struct runbook_writer *writer;
};

static void export_release(struct export *export)
{
	runbook_writer_free(export->writer);
	ledger_rollback(export->ledger);
}

/* What the ledger knows beyond the document: what happened here, or a state that its four words cannot say. */
static bool write_history(struct export *export, struct step *step, const struct history_request *request,
			  struct error *err)
{
	CLEANUP(history_release) struct history history = HISTORY_INIT;

	if (!history_read(export->ledger, request, step, &history, err))
		return false;
	history_apply(&history, step);
	return runbook_writer_step(export->writer, step, err);
}

static bool write_step(struct export *export, const struct query *row, struct error *err)
{
	struct step step = lend_step(row);
	const struct history_request request = {
		.runbook = export->runbook,
		.state = (enum step_state)query_int(row, 1),
		.attempt_count = (uint32_t)query_int(row, 2),
		.retry_base = (uint32_t)query_int(row, 3),
		.has_overrides = query_int(row, 28) != 0,
	};
	bool written;

	step.state = detail_document_state(request.state);
	if (query_int(row, 29) &&
	    !read_sub_steps(export->ledger, step_key(export->runbook, step.number), &step.script, err)) {
		free_sub_steps(&step.script);
		return false;
	}
	if (history_is_needed(&step, &request))
		written = write_history(export, &step, &request, err);
	else
		written = runbook_writer_step(export->writer, &step, err);
	free_sub_steps(&step.script);
	return written;
}

static bool write_steps(struct export *export, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, export->ledger, QUERY_EXPORT_STEPS, err))
		return false;
	query_bind_int(&query, step_key(export->runbook, 0));
	query_bind_int(&query, step_key(export->runbook, UINT32_MAX));
	while (query_row(&query, &found, err) && found)
		if (!write_step(export, &query, err))
			return false;
	return !error_is_set(err);
}

static bool write_logs(struct export *export, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	if (!query_open(&query, export->ledger, QUERY_EXPORT_LOGS, err))
		return false;
	query_bind_int(&query, export->runbook);
	while (query_row(&query, &found, err) && found) {
		const struct runbook_log log = {
			.step = (uint32_t)query_int(&query, 0),
			.attempt = (uint32_t)query_int(&query, 1),
			.time = lent(&query, 2),
			.file = lent(&query, 3),
			.text = lent(&query, 4),
			.unknown_xml = lent(&query, 5),
		};

		if (!runbook_writer_log(export->writer, &log, err))
			return false;
	}
	return !error_is_set(err);
}

static char *time_text(int64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE] = "";

	if (time_ns)
		clock_format_utc(time_ns, text);
	return xstrdup(text);
}

/* What the ledger knows of the runbook's fate takes the place of what the document said that it came with. */
static bool add_acceptance(struct export *export, struct strbuf *tail, struct error *err)
{
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance known = { 0 };
	CLEANUP(runbook_acceptance_release) struct runbook_acceptance acceptance = { 0 };
	CLEANUP_STRBUF struct strbuf xml = STRBUF_INIT;

	if (!ledger_acceptance_get(export->ledger, export->runbook, &known, err))
		return false;
	acceptance = (struct runbook_acceptance){
		.sign_time = time_text(known.signed_ns),
		.sign_user = TAKE(known.signed_by),
		.sign_reason = TAKE(known.sign_reason),
		.backups_removed = time_text(known.pruned_ns),
		.restored_by = TAKE(known.restored_by),
		.is_restored = known.is_restored,
		.restores = TAKE(known.restores),
		.restore_time = time_text(known.restore_ns),
		.restore_user = TAKE(known.restore_user),
		.restore_reason = TAKE(known.restore_reason),
	};
	runbook_acceptance_write(&acceptance, &xml);
	if (xml.length) {
		CLEANUP_FREE char *rest = runbook_acceptance_cut(tail->data);

		strbuf_clear(tail);
		strbuf_addf(tail, "%s%s%s", rest, *rest ? "\n  " : "", xml.data);
	}
	return true;
}

static bool write_tail(struct export *export, const char *unknown_xml, struct error *err)
{
	CLEANUP_STRBUF struct strbuf tail = STRBUF_INIT;

	strbuf_add_str(&tail, unknown_xml);
	return add_acceptance(export, &tail, err) &&
	       (!tail.length || runbook_writer_tail(export->writer, tail.data, err));
}

static bool write_document(struct export *export, const struct ledger_runbook *runbook, const char *path,
			   struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	struct runbook_head head = { .runbook_id = runbook->id };
	bool found;

	if (!query_open(&query, export->ledger, QUERY_EXPORT_HEAD, err))
		return false;
	query_bind_int(&query, runbook->key);
	if (!query_row(&query, &found, err))
		return false;
	head.attributes_xml = lent(&query, 0);
	head.topology_xml = lent(&query, 1);
	head.service_model_xml = lent(&query, 2);
	head.unknown_xml = lent(&query, 3);
	return runbook_writer_open(path, &head, &export->writer, err) && write_steps(export, err) &&
	       write_logs(export, err) && write_tail(export, query_peek(&query, 4), err) &&
	       runbook_writer_commit(export->writer, err);
}

bool ledger_export(struct ledger *ledger, const char *runbook_id, const char *path, struct error *err)
{
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP(export_release) struct export export = { .ledger = ledger };

	if (!ledger_begin_read(ledger, err) || !ledger_runbook_get(ledger, runbook_id, &runbook, err))
		return false;
	export.runbook = runbook.key;
	return write_document(&export, &runbook, path, err);
}
