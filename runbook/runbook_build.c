// SPDX-License-Identifier: MIT
#include "runbook/runbook_build.h"

#include "runbook/base/alloc.h"
#include "runbook/names.h"

void runbook_build_init(struct runbook_build *build, const struct runbook_handlers *handlers, const char *file,
			struct problem_list *problems)
{
	*build = (struct runbook_build){ .handlers = handlers, .file = file, .problems = problems };
	build->problems_before = problem_list_total(problems);
	for (size_t i = 0; i < PLACE_COUNT; i++)
		build->unknowns[i] = (struct strbuf)STRBUF_INIT;
}

void runbook_build_release(struct runbook_build *build)
{
	runbook_sequence_release(&build->sequence);
	runbook_head_release(&build->head);
	step_release(&build->step);
	runbook_log_release(&build->log);
	for (size_t i = 0; i < PLACE_COUNT; i++)
		strbuf_release(&build->unknowns[i]);
}

static bool is_fine(const struct runbook_build *build)
{
	return problem_list_total(build->problems) == build->problems_before;
}

/* What was collected, if anything, becomes the string; there is one already if the element is doubled. */
static void take_unknown(struct runbook_build *build, enum runbook_place place, char **ret)
{
	struct strbuf *unknown = &build->unknowns[place];

	if (unknown->length) {
		free(*ret);
		*ret = xmemdupz(unknown->data, unknown->length);
	}
	strbuf_clear(unknown);
}

static void check_head(struct runbook_build *build)
{
	const char *id = build->head.runbook_id;

	if (!id)
		problem_add(build->problems, build->file, build->root_line,
			    "no RunbookID before the steps; put it in front of RunbookStepList");
	else if (!name_is_runbook_id(id))
		problem_add(build->problems, build->file, build->root_line,
			    "RunbookID \"%s\": take a letter or digit, then letters, digits, '.', '_', '-', at most 64",
			    id);
}

/* Before the first list, or at the end. */
static bool end_head(struct runbook_build *build)
{
	struct runbook_head *head = &build->head;
	bool going_on = true;

	if (build->is_head_done)
		return true;
	build->is_head_done = true;
	check_head(build);
	take_unknown(build, PLACE_ROOT, &head->unknown_xml);
	xfill(&head->runbook_id);
	xfill(&head->attributes_xml);
	xfill(&head->topology_xml);
	xfill(&head->service_model_xml);
	xfill(&head->unknown_xml);
	if (build->handlers->head && is_fine(build))
		going_on = build->handlers->head(build->handlers->context, head);
	runbook_head_release(head);
	return going_on;
}

static bool end_root(struct runbook_build *build)
{
	CLEANUP_FREE char *tail = NULL;

	if (!build->has_step_list)
		problem_add(build->problems, build->file, build->root_line,
			    "RunbookData has no RunbookStepList: not a runbook");
	if (!end_head(build))
		return false;
	take_unknown(build, PLACE_ROOT, &tail);
	if (tail && build->handlers->tail && is_fine(build))
		return build->handlers->tail(build->handlers->context, &tail);
	return true;
}

static bool end_step(struct runbook_build *build)
{
	struct step *step = &build->step;
	bool going_on = true;

	if (step->number)
		runbook_sequence_add(&build->sequence, step->number, build->file, step->line, build->problems);
	else if (!build->has_number)
		problem_add(build->problems, build->file, step->line, "Step has no ID; add <ID>…</ID>");
	take_unknown(build, PLACE_STEP, &step->unknown_xml);
	step_fill(step);
	if (build->handlers->step && is_fine(build))
		going_on = build->handlers->step(build->handlers->context, step);
	step_release(step);
	return going_on;
}

static bool end_log(struct runbook_build *build)
{
	struct runbook_log *log = &build->log;
	bool going_on = true;

	take_unknown(build, PLACE_LOG, &log->unknown_xml);
	xfill(&log->time);
	xfill(&log->file);
	xfill(&log->text);
	xfill(&log->unknown_xml);
	if (build->handlers->log && is_fine(build))
		going_on = build->handlers->log(build->handlers->context, log);
	runbook_log_release(log);
	return going_on;
}

static void begin_sub_step(struct script *script, size_t *alloc)
{
	script->sub_steps = xgrow(script->sub_steps, script->sub_step_count, alloc, sizeof(*script->sub_steps));
	script->sub_steps[script->sub_step_count++] = (struct sub_step){ 0 };
}

static void end_sub_step(struct sub_step *sub_step)
{
	xfill(&sub_step->name);
	xfill(&sub_step->group);
	xfill(&sub_step->file_name);
	xfill(&sub_step->description);
}

bool runbook_build_begin(struct runbook_build *build, enum runbook_place place, unsigned line)
{
	switch (place) {
	case PLACE_ROOT:
		build->root_line = line;
		return true;
	case PLACE_STEP_LIST:
		build->has_step_list = true;
		return end_head(build);
	case PLACE_LOGS:
		return end_head(build);
	case PLACE_STEP:
		build->step = (struct step){ .line = line };
		build->has_number = false;
		build->sub_step_alloc = 0;
		return true;
	case PLACE_SCRIPT:
		build->step.script.present = true;
		build->step.script.line = line;
		return true;
	case PLACE_SUB_STEP:
		begin_sub_step(&build->step.script, &build->sub_step_alloc);
		return true;
	default:
		return true;
	}
}

bool runbook_build_end(struct runbook_build *build, enum runbook_place place)
{
	switch (place) {
	case PLACE_ROOT:
		return end_root(build);
	case PLACE_STEP:
		return end_step(build);
	case PLACE_SCRIPT:
		take_unknown(build, PLACE_SCRIPT, &build->step.script.unknown_xml);
		return true;
	case PLACE_SUB_STEP:
		end_sub_step(runbook_build_target(build, PLACE_SUB_STEP));
		return true;
	case PLACE_LOG:
		return end_log(build);
	default:
		return true;
	}
}

void *runbook_build_target(struct runbook_build *build, enum runbook_place place)
{
	struct script *script = &build->step.script;

	switch (place) {
	case PLACE_ROOT:
		return &build->head;
	case PLACE_STEP:
		return &build->step;
	case PLACE_SCRIPT:
		return script;
	case PLACE_SUB_STEP:
		return &script->sub_steps[script->sub_step_count - 1];
	case PLACE_LOG:
		return &build->log;
	default:
		return NULL;
	}
}

struct strbuf *runbook_build_unknown(struct runbook_build *build, enum runbook_place place)
{
	bool is_list = place == PLACE_STEP_LIST || place == PLACE_LOGS;

	return &build->unknowns[is_list ? PLACE_ROOT : place];
}

void runbook_build_drop_sub_steps(struct runbook_build *build)
{
	struct script *script = &build->step.script;

	script_drop_sub_steps(script);
	build->sub_step_alloc = 0;
	build->step.fields &= ~(unsigned)STEP_FIELD_DYNAMIC;
}
