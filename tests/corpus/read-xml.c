// SPDX-License-Identifier: MIT
/*
 * Reads each file that standard input names as every kind of document, and writes a line for each:
 *
 *	VERDICT <TAB> MILLISECONDS <TAB> KIBIBYTES <TAB> FILE <TAB> REASON
 *
 * VERDICT is accepted (well-formed and within the limits, whatever its root), refused, or crashed. Each file has a process of its
 * own; with --here all are read in this one, and the times and sizes are 0.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runbook/installation_info.h"
#include "runbook/runbook_reader.h"
#include "runbook/service_model.h"
#include "runbook/topology.h"
#include "runbook/xml_doc.h"

/* As a tree, without a look at what it is. The reason of a refusal goes to `ret`. */
static bool read_any(const char *path, struct strbuf *ret)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_open(path, XML_DOC_LIMIT_BYTES, &problems);
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;

	if (xml_doc_load(&doc, source, &problems, &warnings))
		return true;
	strbuf_add_str(ret, problems.items[0].text);
	return false;
}

/* A runbook is what it says it is, or a problem is told. */
static void read_as_each_kind(const char *path)
{
	const struct runbook_handlers handlers = { 0 };
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_SERVICE_MODEL_DATA struct service_model_data models = SERVICE_MODEL_DATA_INIT;
	struct hotfix_installation_info info = { 0 };

	(void)runbook_read(path, &handlers, &problems, &warnings);
	(void)topology_read(path, &topology, &problems, &warnings);
	(void)service_model_data_read(path, &models, &problems, &warnings);
	if (hotfix_installation_info_read(path, &info, &problems, &warnings))
		hotfix_installation_info_release(&info);
}

static bool read_file(const char *path, struct strbuf *ret_reason)
{
	bool accepted = read_any(path, ret_reason);

	read_as_each_kind(path);
	return accepted;
}

static void print_line(const char *verdict, const struct rusage *usage, const char *path, const char *reason)
{
	long ms = usage->ru_utime.tv_sec * 1000 + usage->ru_utime.tv_usec / 1000 + usage->ru_stime.tv_sec * 1000 +
		  usage->ru_stime.tv_usec / 1000;

	(void)printf("%s\t%ld\t%ld\t%s\t%s\n", verdict, ms, usage->ru_maxrss, path, reason);
}

static void read_here(const char *path)
{
	CLEANUP_STRBUF struct strbuf reason = STRBUF_INIT;
	const struct rusage none = { 0 };
	bool accepted = read_file(path, &reason);

	print_line(accepted ? "accepted" : "refused", &none, path, reason.data);
}

/* The reason comes back through a pipe, which holds any. */
static void read_apart(const char *path)
{
	char reason[4096 + 1] = "";
	struct rusage usage = { 0 };
	int status = 0;
	int ends[2];
	pid_t child;

	if (pipe(ends) < 0 || fflush(stdout) != 0 || (child = fork()) < 0)
		_exit(1);
	if (!child) {
		struct strbuf text = STRBUF_INIT;
		bool accepted = read_file(path, &text);

		_exit(write(ends[1], text.data, text.length) == (ssize_t)text.length && accepted ? 0 : 1);
	}
	(void)close(ends[1]);
	(void)wait4(child, &status, 0, &usage);
	if (read(ends[0], reason, sizeof(reason) - 1) < 0)
		_exit(1);
	(void)close(ends[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		print_line("crashed", &usage, path, reason);
	else
		print_line(WEXITSTATUS(status) ? "refused" : "accepted", &usage, path, reason);
}

int main(int argc, char **argv)
{
	bool is_here = argc > 1 && strcmp(argv[1], "--here") == 0;
	char path[4096];

	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		if (is_here)
			read_here(path);
		else
			read_apart(path);
	}
	return ferror(stdin) || fflush(stdout) != 0;
}
