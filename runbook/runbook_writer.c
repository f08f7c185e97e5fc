// SPDX-License-Identifier: MIT
#include "runbook/runbook_writer.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/xml_out.h"
#include "runbook/xml_value.h"

enum { FLUSH_BYTES = 256 * 1024 };

/* Levels of the elements, for indentation. */
enum { LEVEL_ROOT, LEVEL_PART, LEVEL_ITEM, LEVEL_FIELD, LEVEL_SCRIPT_FIELD, LEVEL_SUB_STEP, LEVEL_SUB_STEP_FIELD };

/* What may come next; it only goes forward. */
enum stage { STAGE_STEPS, STAGE_LOGS, STAGE_TAIL };

struct runbook_writer {
	char *path;
	struct fs_atomic file;
	bool is_stdout;
	enum stage stage;
	bool is_list_open; /* the start tag of the stage's list is written, as it holds something */
	struct strbuf buffer;
};

void runbook_head_release(struct runbook_head *head)
{
	free(head->runbook_id);
	free(head->attributes_xml);
	free(head->topology_xml);
	free(head->service_model_xml);
	free(head->unknown_xml);
	*head = (struct runbook_head){ 0 };
}

void runbook_log_release(struct runbook_log *log)
{
	free(log->time);
	free(log->file);
	free(log->text);
	free(log->unknown_xml);
	*log = (struct runbook_log){ 0 };
}

/* An element that holds XML text. */
static void add_xml_element(struct strbuf *out, unsigned level, const char *name, const char *xml)
{
	if (!xml || !*xml) {
		xml_out_text(out, level, name, "");
		return;
	}
	xml_out_open(out, level, name);
	xml_out_xml(out, level + 1, xml);
	xml_out_close(out, level, name);
}

/* A declaration that each runbook has, unless the document that it was has used the prefix for something else. */
static void add_namespace(struct strbuf *out, const char *attributes, const char *prefix, const char *uri)
{
	CLEANUP_FREE char *start = xasprintf(" xmlns:%s=\"", prefix);

	if (!strstr(attributes, start))
		strbuf_addf(out, "%s%s\"", start, uri);
}

static void add_head(struct strbuf *out, const struct runbook_head *head)
{
	const char *attributes = head->attributes_xml ? head->attributes_xml : "";

	xml_out_declaration(out);
	xml_out_indent(out, LEVEL_ROOT);
	strbuf_add_str(out, "<RunbookData");
	add_namespace(out, attributes, "xsi", XML_NAMESPACE_XSI);
	add_namespace(out, attributes, "xsd", XML_NAMESPACE_XSD);
	strbuf_add_str(out, attributes);
	strbuf_add_char(out, '>');
	xml_out_text(out, LEVEL_PART, "RunbookID", head->runbook_id);
	add_xml_element(out, LEVEL_PART, "RunbookTopologyData", head->topology_xml);
	add_xml_element(out, LEVEL_PART, "RunbookServiceModelData", head->service_model_xml);
	xml_out_xml(out, LEVEL_PART, head->unknown_xml);
}

bool runbook_writer_open(const char *path, const struct runbook_head *head, struct runbook_writer **ret,
			 struct error *err)
{
	struct runbook_writer *writer = xcalloc(1, sizeof(*writer));

	writer->path = xstrdup(path);
	writer->file = (struct fs_atomic)FS_ATOMIC_INIT;
	writer->buffer = (struct strbuf)STRBUF_INIT;
	writer->is_stdout = strcmp(path, "-") == 0;
	if (!writer->is_stdout && !fs_atomic_open(&writer->file, path, FS_MODE_FILE, err)) {
		runbook_writer_free(writer);
		return false;
	}
	strbuf_grow(&writer->buffer, FLUSH_BYTES + FLUSH_BYTES / 4);
	add_head(&writer->buffer, head);
	*ret = writer;
	return true;
}

static bool flush(struct runbook_writer *writer, size_t from_bytes, struct error *err)
{
	if (writer->buffer.length < from_bytes)
		return true;
	if (!fs_write_all(writer->is_stdout ? STDOUT_FILENO : writer->file.fd, writer->buffer.data,
			  writer->buffer.length, writer->is_stdout ? "standard output" : writer->path, err))
		return false;
	strbuf_clear(&writer->buffer);
	return true;
}

static const char *list_name(enum stage stage)
{
	return stage == STAGE_STEPS ? "RunbookStepList" : "RunbookLogs";
}

/* Ends the lists before that stage. */
static void go_to(struct runbook_writer *writer, enum stage stage)
{
	for (; writer->stage < stage; writer->stage++) {
		if (writer->is_list_open)
			xml_out_close(&writer->buffer, LEVEL_PART, list_name(writer->stage));
		else
			xml_out_text(&writer->buffer, LEVEL_PART, list_name(writer->stage), "");
		writer->is_list_open = false;
	}
}

static void begin_item(struct runbook_writer *writer, enum stage stage, const char *name)
{
	assert(writer->stage <= stage);
	go_to(writer, stage);
	if (!writer->is_list_open)
		xml_out_open(&writer->buffer, LEVEL_PART, list_name(stage));
	writer->is_list_open = true;
	xml_out_open(&writer->buffer, LEVEL_ITEM, name);
}

static void add_sub_steps(struct strbuf *out, const struct script *script)
{
	if (!script->sub_step_count) {
		xml_out_text(out, LEVEL_SCRIPT_FIELD, "DynamicStepDefinition", "");
		return;
	}
	xml_out_open(out, LEVEL_SCRIPT_FIELD, "DynamicStepDefinition");
	for (size_t i = 0; i < script->sub_step_count; i++) {
		const struct sub_step *sub_step = &script->sub_steps[i];

		xml_out_open(out, LEVEL_SUB_STEP, "SubStep");
		xml_out_text(out, LEVEL_SUB_STEP_FIELD, "Name", sub_step->name);
		xml_out_text(out, LEVEL_SUB_STEP_FIELD, "Group", sub_step->group);
		xml_out_text(out, LEVEL_SUB_STEP_FIELD, "FileName", sub_step->file_name);
		xml_out_text(out, LEVEL_SUB_STEP_FIELD, "Description", sub_step->description);
		xml_out_close(out, LEVEL_SUB_STEP, "SubStep");
	}
	xml_out_close(out, LEVEL_SCRIPT_FIELD, "DynamicStepDefinition");
}

static void add_script(struct strbuf *out, const struct script *script, unsigned fields)
{
	if (!script->present)
		return;
	xml_out_open(out, LEVEL_FIELD, "ScriptToExecute");
	xml_out_text(out, LEVEL_SCRIPT_FIELD, "FileName", script->file_name);
	xml_out_bool(out, LEVEL_SCRIPT_FIELD, "Automated", script->automated);
	xml_out_text(out, LEVEL_SCRIPT_FIELD, "Description", script->description);
	if (fields & STEP_FIELD_RETRY_COUNT)
		xml_out_uint(out, LEVEL_SCRIPT_FIELD, "RetryCount", script->retry_count);
	if (fields & STEP_FIELD_TIMEOUT)
		xml_out_uint(out, LEVEL_SCRIPT_FIELD, "TimeoutValue", script->timeout_min);
	if (fields & STEP_FIELD_OWN_PROCESS)
		xml_out_bool(out, LEVEL_SCRIPT_FIELD, "InvokeWithPowershellProcess", script->own_process);
	if (fields & STEP_FIELD_NO_AUTO_RESUME)
		xml_out_bool(out, LEVEL_SCRIPT_FIELD, "DoNotAutoResume", script->no_auto_resume);
	if ((fields & STEP_FIELD_DYNAMIC) || script->sub_step_count)
		add_sub_steps(out, script);
	xml_out_xml(out, LEVEL_SCRIPT_FIELD, script->unknown_xml);
	xml_out_close(out, LEVEL_FIELD, "ScriptToExecute");
}

static void add_if(struct strbuf *out, bool has_it, const char *name, const char *text)
{
	if (has_it)
		xml_out_text(out, LEVEL_FIELD, name, text);
}

static void add_step_fields(struct strbuf *out, const struct step *step)
{
	xml_out_uint(out, LEVEL_FIELD, "ID", step->number);
	add_if(out, step->fields & STEP_FIELD_RUNBOOK_ID, "RunbookID", step->runbook_id);
	add_if(out, step->fields & STEP_FIELD_PACKAGE_ID, "PackageId", step->package_id);
	add_if(out, step->fields & STEP_FIELD_PACKAGE_TYPE, "PackageType", step->package_type);
	if (step->fields & STEP_FIELD_COMPLETED_MANUALLY)
		xml_out_bool(out, LEVEL_FIELD, "CompletedManually", step->completed_manually);
	xml_out_text(out, LEVEL_FIELD, "Description", step->description);
	xml_out_text(out, LEVEL_FIELD, "MachineName", step->machine);
	xml_out_text(out, LEVEL_FIELD, "ServiceModelName", step->service_model);
	add_script(out, &step->script, step->fields);
	add_if(out, step->fields & STEP_FIELD_TYPE, "StepType", step->type);
	add_if(out, step->fields & STEP_FIELD_CONCURRENCY, "StepConcurrency", step->concurrency);
	add_if(out, step->fields & STEP_FIELD_OUTPUT, "ScriptExecutionOutput", step->output);
	xml_out_text(out, LEVEL_FIELD, "StartTime", step->start_time);
	xml_out_text(out, LEVEL_FIELD, "EndTime", step->end_time);
	xml_out_text(out, LEVEL_FIELD, "StepState", step_document_state_name(step->state));
	xml_out_xml(out, LEVEL_FIELD, step->detail_xml);
	xml_out_xml(out, LEVEL_FIELD, step->unknown_xml);
}

bool runbook_writer_step(struct runbook_writer *writer, const struct step *step, struct error *err)
{
	begin_item(writer, STAGE_STEPS, "Step");
	add_step_fields(&writer->buffer, step);
	xml_out_close(&writer->buffer, LEVEL_ITEM, "Step");
	return flush(writer, FLUSH_BYTES, err);
}

bool runbook_writer_log(struct runbook_writer *writer, const struct runbook_log *log, struct error *err)
{
	struct strbuf *out = &writer->buffer;

	begin_item(writer, STAGE_LOGS, "Log");
	if (log->step)
		xml_out_uint(out, LEVEL_FIELD, "StepID", log->step);
	if (log->attempt)
		xml_out_uint(out, LEVEL_FIELD, "Attempt", log->attempt);
	add_if(out, log->time && *log->time, "Time", log->time);
	add_if(out, log->file && *log->file, "File", log->file);
	add_if(out, log->text && *log->text, "Text", log->text);
	xml_out_xml(out, LEVEL_FIELD, log->unknown_xml);
	xml_out_close(out, LEVEL_ITEM, "Log");
	return flush(writer, FLUSH_BYTES, err);
}

bool runbook_writer_tail(struct runbook_writer *writer, const char *unknown_xml, struct error *err)
{
	go_to(writer, STAGE_TAIL);
	xml_out_xml(&writer->buffer, LEVEL_PART, unknown_xml);
	return flush(writer, FLUSH_BYTES, err);
}

bool runbook_writer_commit(struct runbook_writer *writer, struct error *err)
{
	go_to(writer, STAGE_TAIL);
	xml_out_close(&writer->buffer, LEVEL_ROOT, "RunbookData");
	strbuf_add_char(&writer->buffer, '\n');
	return flush(writer, 0, err) && (writer->is_stdout || fs_atomic_commit(&writer->file, err));
}

void runbook_writer_free(struct runbook_writer *writer)
{
	if (!writer)
		return;
	fs_atomic_release(&writer->file);
	strbuf_release(&writer->buffer);
	free(writer->path);
	free(writer);
}
