// SPDX-License-Identifier: MIT
#include "steps/recorder.h"

#include <inttypes.h>
#include <string.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "steps/query.h"
#include "steps/step_queue.h"

/* Caches only: what falls out of them is looked up in the tables again. */
enum { SCRIPT_PLACES = 1024, KIND_PLACES = 256 };

/* A row of StepKind. */
struct kind {
	int64_t key; /* 0: this place is empty */
	bool has_script;
	bool automated;
	bool no_auto_resume;
	bool own_process;
	bool completed_manually;
	unsigned retry_count;
	unsigned timeout_min;
	unsigned fields;
	char *type;
	char *instruction;
	char *runbook_id;
	char *package_id;
	char *package_type;
	char *concurrency;
};

struct recorder {
	struct ledger *ledger;
	int64_t runbook;
	int64_t now_ns;
	const char *origin;
	struct step_queue *queue;                      /* has the connection, if it is not drained */
	struct recorded_script scripts[SCRIPT_PLACES]; /* by hash */
	struct kind kinds[KIND_PLACES];
	char *guard; /* the trigger that is taken away meanwhile */
};

static void release_script(struct recorded_script *script)
{
	free(script->service_model);
	free(script->file_name);
	free(script->sha256);
	*script = (struct recorded_script){ 0 };
}

static void release_kind(struct kind *kind)
{
	free(kind->type);
	free(kind->instruction);
	free(kind->runbook_id);
	free(kind->package_id);
	free(kind->package_type);
	free(kind->concurrency);
	*kind = (struct kind){ 0 };
}

void recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return;
	step_queue_free(recorder->queue);
	for (size_t i = 0; i < SCRIPT_PLACES; i++)
		release_script(&recorder->scripts[i]);
	for (size_t i = 0; i < KIND_PLACES; i++)
		release_kind(&recorder->kinds[i]);
	free(recorder->guard);
	free(recorder);
}

static void recorder_cleanup(struct recorder **recorder)
{
	recorder_free(*recorder);
}

static bool insert_runbook(struct ledger *ledger, const struct ledger_runbook *runbook, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_RUNBOOK_INSERT, err))
		return false;
	query_bind_text(&query, runbook->id);
	query_bind_text(&query, runbook->package_root);
	query_bind_text(&query, runbook->guid);
	query_bind_text(&query, runbook->version);
	query_bind_int(&query, runbook->imported_ns);
	return query_run(&query, err);
}

static bool insert_head(struct ledger *ledger, int64_t runbook, const struct runbook_head *head, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_HEAD_INSERT, err))
		return false;
	query_bind_int(&query, runbook);
	query_bind_text(&query, head->attributes_xml);
	query_bind_text(&query, head->topology_xml);
	query_bind_text(&query, head->service_model_xml);
	query_bind_text(&query, head->unknown_xml);
	return query_run(&query, err);
}

static bool execute(struct ledger *ledger, const char *sql, struct error *err)
{
	return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK || ledger_fail(ledger, err);
}

/*
 * Takes the trigger away that no step gets past once its runbook is sealed: asked for each row, it costs as much as the insert. It comes
 * back in the same transaction; if that does not end well, neither has happened.
 */
static bool take_guard(struct recorder *recorder, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, recorder->ledger, QUERY_STEP_GUARD, err) || !query_row(&query, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_REFUSED, "ledger %s: the rule StepIsNew is missing",
				 recorder->ledger->path);
	recorder->guard = query_text(&query, 0);
	query_release(&query);
	return execute(recorder->ledger, "DROP TRIGGER StepIsNew", err);
}

bool recorder_begin(struct ledger *ledger, const struct recorder_request *request, struct recorder **ret,
		    struct error *err)
{
	CLEANUP(recorder_cleanup) struct recorder *recorder = NULL;
	int64_t key;

	if (!insert_runbook(ledger, request->runbook, err))
		return false;
	key = sqlite3_last_insert_rowid(ledger->db);
	if (!insert_head(ledger, key, request->head, err))
		return false;
	recorder = xcalloc(1, sizeof(*recorder));
	recorder->ledger = ledger;
	recorder->runbook = key;
	recorder->now_ns = request->runbook->imported_ns;
	recorder->origin = request->origin;
	if (!take_guard(recorder, err) || !step_queue_new(ledger, &recorder->queue, err))
		return false;
	*ret = TAKE(recorder);
	return true;
}

/* FNV-1a. */
static uint32_t hash_text(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash * 16777619u;
}

static bool load_script(struct recorder *recorder, struct recorded_script *script, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!step_queue_drain(recorder->queue, err) || !query_open(&query, recorder->ledger, QUERY_SCRIPT, err))
		return false;
	query_bind_int(&query, recorder->runbook);
	query_bind_text(&query, script->service_model);
	query_bind_text(&query, script->file_name);
	if (!query_row(&query, &found, err))
		return false;
	script->key = found ? query_int(&query, 0) : 0;
	script->sha256 = found ? query_text(&query, 1) : NULL;
	return true;
}

bool recorder_script(struct recorder *recorder, const char *service_model, const char *file_name,
		     struct recorded_script **ret, struct error *err)
{
	uint32_t hash = hash_text(hash_text(2166136261u, service_model), file_name);
	struct recorded_script *script = &recorder->scripts[hash % SCRIPT_PLACES];

	*ret = script;
	if (script->key && strcmp(script->file_name, file_name) == 0 &&
	    strcmp(script->service_model, service_model) == 0)
		return true;
	release_script(script);
	script->service_model = xstrdup(service_model);
	script->file_name = xstrdup(file_name);
	return load_script(recorder, script, err);
}

bool recorder_script_add(struct recorder *recorder, struct recorded_script *script, const char *sha256,
			 struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!step_queue_drain(recorder->queue, err) || !query_open(&query, recorder->ledger, QUERY_SCRIPT_INSERT, err))
		return false;
	query_bind_int(&query, recorder->runbook);
	query_bind_text(&query, script->service_model);
	query_bind_text(&query, script->file_name);
	query_bind_text(&query, sha256);
	if (!query_run(&query, err))
		return false;
	script->key = sqlite3_last_insert_rowid(recorder->ledger->db);
	script->sha256 = xstrdup(sha256);
	return true;
}

static struct kind kind_of(const struct step *step)
{
	return (struct kind){
		.has_script = step->script.present,
		.automated = step->script.automated,
		.no_auto_resume = step->script.no_auto_resume,
		.own_process = step->script.own_process,
		.completed_manually = step->completed_manually,
		.retry_count = step->script.retry_count,
		.timeout_min = step->script.timeout_min,
		.fields = step->fields,
		.type = step->type,
		.instruction = step->script.description,
		.runbook_id = step->runbook_id,
		.package_id = step->package_id,
		.package_type = step->package_type,
		.concurrency = step->concurrency,
	};
}

static struct kind *kind_place(struct recorder *recorder, const struct kind *kind)
{
	uint32_t hash = hash_text(hash_text(2166136261u, kind->type), kind->instruction);

	hash = (hash ^ kind->retry_count) * 31 + kind->timeout_min;
	hash = (hash ^ kind->fields) * 31 + kind->automated * 2 + kind->completed_manually;
	return &recorder->kinds[hash % KIND_PLACES];
}

static bool kind_is(const struct kind *a, const struct kind *b)
{
	return a->has_script == b->has_script && a->automated == b->automated &&
	       a->no_auto_resume == b->no_auto_resume && a->own_process == b->own_process &&
	       a->completed_manually == b->completed_manually && a->retry_count == b->retry_count &&
	       a->timeout_min == b->timeout_min && a->fields == b->fields && strcmp(a->type, b->type) == 0 &&
	       strcmp(a->instruction, b->instruction) == 0 && strcmp(a->runbook_id, b->runbook_id) == 0 &&
	       strcmp(a->package_id, b->package_id) == 0 && strcmp(a->package_type, b->package_type) == 0 &&
	       strcmp(a->concurrency, b->concurrency) == 0;
}

static void keep_kind(struct kind *place, const struct kind *kind)
{
	release_kind(place);
	*place = *kind;
	place->type = xstrdup(kind->type);
	place->instruction = xstrdup(kind->instruction);
	place->runbook_id = xstrdup(kind->runbook_id);
	place->package_id = xstrdup(kind->package_id);
	place->package_type = xstrdup(kind->package_type);
	place->concurrency = xstrdup(kind->concurrency);
}

/* The parameters of both QUERY_KIND and QUERY_KIND_INSERT. */
static void bind_kind(struct query *query, int64_t runbook, const struct kind *kind)
{
	query_bind_int(query, runbook);
	query_bind_text(query, kind->type);
	query_bind_int(query, kind->has_script);
	query_bind_int(query, kind->automated);
	query_bind_int(query, kind->retry_count);
	query_bind_int(query, kind->timeout_min);
	query_bind_int(query, kind->no_auto_resume);
	query_bind_text(query, kind->instruction);
	query_bind_int(query, kind->fields);
	query_bind_text(query, kind->runbook_id);
	query_bind_text(query, kind->package_id);
	query_bind_text(query, kind->package_type);
	query_bind_text(query, kind->concurrency);
	query_bind_int(query, kind->own_process);
	query_bind_int(query, kind->completed_manually);
}

static bool find_kind(struct recorder *recorder, struct kind *kind, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found;

	if (!query_open(&query, recorder->ledger, QUERY_KIND, err))
		return false;
	bind_kind(&query, recorder->runbook, kind);
	if (!query_row(&query, &found, err))
		return false;
	kind->key = found ? query_int(&query, 0) : 0;
	return true;
}

static bool add_kind(struct recorder *recorder, struct kind *kind, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, recorder->ledger, QUERY_KIND_INSERT, err))
		return false;
	bind_kind(&query, recorder->runbook, kind);
	if (!query_run(&query, err))
		return false;
	kind->key = sqlite3_last_insert_rowid(recorder->ledger->db);
	return true;
}

static bool record_kind(struct recorder *recorder, const struct step *step, int64_t *ret_key, struct error *err)
{
	struct kind kind = kind_of(step);
	struct kind *place = kind_place(recorder, &kind);

	if (!place->key || !kind_is(place, &kind)) {
		if (!step_queue_drain(recorder->queue, err) || !find_kind(recorder, &kind, err) ||
		    (!kind.key && !add_kind(recorder, &kind, err)))
			return false;
		keep_kind(place, &kind);
	}
	*ret_key = place->key;
	return true;
}

static bool insert_step(struct recorder *recorder, const struct step *step, int64_t script, int64_t kind,
			struct error *err)
{
	const struct step_row row = { .key = step_key(recorder->runbook, step->number),
				      .script = script,
				      .kind = kind,
				      .machine = step->machine,
				      .description = step->description };

	return step_queue_add(recorder->queue, &row, err);
}

static bool has_extra(const struct step *step)
{
	return *step->output || *step->detail_xml || *step->unknown_xml || *step->script.unknown_xml ||
	       strcmp(step->start_time, CLOCK_TEXT_MIN) != 0 || strcmp(step->end_time, CLOCK_TEXT_MAX) != 0;
}

static bool insert_extra(struct recorder *recorder, const struct step *step, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!has_extra(step))
		return true;
	if (!step_queue_drain(recorder->queue, err) ||
	    !query_open(&query, recorder->ledger, QUERY_STEP_EXTRA_INSERT, err))
		return false;
	query_bind_int(&query, step_key(recorder->runbook, step->number));
	query_bind_text(&query, step->start_time);
	query_bind_text(&query, step->end_time);
	query_bind_text(&query, step->output);
	query_bind_text(&query, step->detail_xml);
	query_bind_text(&query, step->script.unknown_xml);
	query_bind_text(&query, step->unknown_xml);
	return query_run(&query, err);
}

static bool insert_sub_steps(struct recorder *recorder, const struct step *step, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!step->script.sub_step_count)
		return true;
	if (!step_queue_drain(recorder->queue, err) ||
	    !query_open(&query, recorder->ledger, QUERY_SUB_STEP_INSERT, err))
		return false;
	for (size_t i = 0; i < step->script.sub_step_count; i++) {
		const struct sub_step *sub_step = &step->script.sub_steps[i];

		query_bind_int(&query, step_key(recorder->runbook, step->number));
		query_bind_int(&query, (int64_t)i + 1);
		query_bind_text(&query, sub_step->name);
		query_bind_text(&query, sub_step->group);
		query_bind_text(&query, sub_step->file_name);
		query_bind_text(&query, sub_step->description);
		if (!query_run(&query, err))
			return false;
	}
	return true;
}

static bool take_state_over(struct recorder *recorder, const struct step *step, enum step_state state,
			    struct error *err)
{
	const struct ledger_override override = {
		.step = step->number,
		.kind = OVERRIDE_IMPORTED,
		.state = state,
		.reason = (char *)recorder->origin,
		.time_ns = recorder->now_ns,
	};

	return state == STATE_NOT_STARTED || (step_queue_drain(recorder->queue, err) &&
					      ledger_override_add(recorder->ledger, recorder->runbook, &override, err));
}

bool recorder_step(struct recorder *recorder, const struct step *step, const struct recorded_script *script,
		   enum step_state state, struct error *err)
{
	int64_t kind;

	return record_kind(recorder, step, &kind, err) && insert_step(recorder, step, script->key, kind, err) &&
	       insert_extra(recorder, step, err) && insert_sub_steps(recorder, step, err) &&
	       take_state_over(recorder, step, state, err);
}

bool log_record(struct ledger *ledger, int64_t runbook, const struct runbook_log *log, struct error *err)
{
	CLEANUP_FREE char *text = log->text ? mask_string(log->text) : NULL;
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, ledger, QUERY_LOG_INSERT, err))
		return false;
	query_bind_int(&query, runbook);
	query_bind_int(&query, log->step);
	query_bind_int(&query, log->attempt);
	query_bind_text(&query, log->time);
	query_bind_text(&query, log->file);
	query_bind_text(&query, text);
	query_bind_text(&query, log->unknown_xml);
	return query_run(&query, err);
}

bool recorder_log(struct recorder *recorder, const struct runbook_log *log, struct error *err)
{
	return step_queue_drain(recorder->queue, err) && log_record(recorder->ledger, recorder->runbook, log, err);
}

bool recorder_tail(struct recorder *recorder, const char *unknown_xml, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!step_queue_drain(recorder->queue, err) || !query_open(&query, recorder->ledger, QUERY_HEAD_TAIL, err))
		return false;
	query_bind_text(&query, unknown_xml);
	query_bind_int(&query, recorder->runbook);
	return query_run(&query, err);
}

bool recorder_seal(struct recorder *recorder, const char *package_type, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!step_queue_drain(recorder->queue, err) || !execute(recorder->ledger, recorder->guard, err) ||
	    !query_open(&query, recorder->ledger, QUERY_RUNBOOK_SEAL, err))
		return false;
	query_bind_text(&query, package_type);
	query_bind_int(&query, recorder->runbook);
	return query_run(&query, err);
}
