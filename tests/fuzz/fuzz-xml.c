// SPDX-License-Identifier: MIT
/*
 * Any bytes as topology, service models and runbook. What is read must come out as it went in: the content of a topology as XML text parses to
 * the same text again, and a runbook that is written, read and written is the same bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/runbook_reader.h"
#include "runbook/service_model.h"
#include "runbook/topology.h"
#include "runbook/xml_source.h"

#define ROOT_ATTRIBUTES \
	" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""

static char folder[] = "/tmp/fuzz-xml-XXXXXX";
static char *out_path;

static void remove_folder(void)
{
	struct error err = ERROR_INIT;

	(void)fs_remove_tree(folder, &err);
	error_release(&err);
	free(out_path);
}

static void prepare(void)
{
	if (out_path)
		return;
	must(mkdtemp(folder));
	out_path = fs_join(folder, "out.xml");
	must(atexit(remove_folder) == 0);
}

static void check_topology(const char *data, size_t size)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_TOPOLOGY struct topology again = TOPOLOGY_INIT;
	CLEANUP_FREE char *text = NULL;

	must(topology_parse(&(struct document){ data, size, "f" }, &topology, &problems, &warnings) ==
	     (problems.count == 0));
	if (problems.count)
		return;
	text = xasprintf("<TopologyData" ROOT_ATTRIBUTES ">%s</TopologyData>", topology.body_xml);
	must(topology_parse(&(struct document){ text, strlen(text), "f" }, &again, &problems, &warnings));
	must(strcmp(topology.body_xml, again.body_xml) == 0);
}

static void check_service_models(const char *data, size_t size)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data models = SERVICE_MODEL_DATA_INIT;
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data again = SERVICE_MODEL_DATA_INIT;
	CLEANUP_FREE char *text = NULL;

	must(service_model_data_parse(&(struct document){ data, size, "f" }, &models, &problems, &warnings) ==
	     (problems.count == 0));
	if (problems.count)
		return;
	text = xasprintf("<ServiceModelData" ROOT_ATTRIBUTES ">%s</ServiceModelData>", models.body_xml);
	must(service_model_data_parse(&(struct document){ text, strlen(text), "f" }, &again, &problems, &warnings));
	must(strcmp(models.body_xml, again.body_xml) == 0 && models.model_count == again.model_count);
}

/* A runbook on its way from a reader to a writer. */
struct copy {
	struct runbook_writer *writer;
	struct error err;
};

static bool copy_head(void *context, struct runbook_head *head)
{
	struct copy *copy = context;

	return runbook_writer_open(out_path, head, &copy->writer, &copy->err);
}

static bool copy_step(void *context, struct step *step)
{
	struct copy *copy = context;

	return runbook_writer_step(copy->writer, step, &copy->err);
}

static bool copy_tail(void *context, char **unknown_xml)
{
	struct copy *copy = context;

	return runbook_writer_tail(copy->writer, *unknown_xml, &copy->err);
}

/* Logs before the steps cannot be written as they come; they are read like all else. */
static bool look_at_log(void *context, struct runbook_log *log)
{
	(void)context;
	must(log->time && log->file && log->text && log->unknown_xml);
	return true;
}

/* Reads `data`; what comes out is in `ret`. False if it is refused. */
static bool copy_runbook(const char *data, size_t size, struct strbuf *ret)
{
	struct copy copy = { NULL, ERROR_INIT };
	const struct runbook_handlers handlers = { copy_head, copy_step, look_at_log, copy_tail, &copy };
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_from_memory(data, size, "f");
	bool accepted = runbook_read_source(source, &handlers, &problems, &warnings);

	must(!error_is_set(&copy.err) && accepted == (problems.count == 0));
	if (accepted) {
		must(copy.writer && runbook_writer_commit(copy.writer, &copy.err));
		must(fs_read_file(out_path, SIZE_MAX / 2, ret, &copy.err));
	}
	runbook_writer_free(copy.writer);
	return accepted;
}

static void check_runbook(const char *data, size_t size)
{
	CLEANUP_STRBUF struct strbuf once = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf twice = STRBUF_INIT;

	if (!copy_runbook(data, size, &once))
		return;
	must(copy_runbook(once.data, once.length, &twice));
	must(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	prepare();
	check_topology(text, size);
	check_service_models(text, size);
	check_runbook(text, size);
	return 0;
}
