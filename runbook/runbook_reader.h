// SPDX-License-Identifier: MIT
/*
 * Reads a runbook document as a stream (SAX2): both shapes of Step, unknown elements kept as XML text.
 */
#pragma once

#include "runbook/base/problem.h"
#include "runbook/runbook_writer.h"

/*
 * What the reader calls. Each handler may take strings out of what it is given with TAKE(); the reader releases the rest.
 * Returning false stops the reading; the handler has then set its own error. NULL handlers are skipped.
 */
struct runbook_handlers {
	bool (*head)(void *context, struct runbook_head *head); /* once, before the first step and log */
	bool (*step)(void *context, struct step *step);
	bool (*log)(void *context, struct runbook_log *log);
	bool (*tail)(void *context,
		     char **unknown_xml); /* at the end, if there is something for runbook_writer_tail() */
	void *context;
};

/*
 * Reads the file. Returns false if it was stopped by a handler or if there are problems; all that can be found in one pass are
 * in `problems` with their lines: not a runbook, a step without an ID, an ID that is no number from 1, numbers doubled or
 * with a gap, an unknown StepState, a bad runbook id, a number or boolean that is none. After the first problem handlers are no longer called.
 * Limits: design section 5 (2 GiB, depth 64, 256 attributes). Unknown elements: one warning per name.
 * The problems are kept in `problems`; a document without steps is no problem here.
 */
bool runbook_read(const char *path, const struct runbook_handlers *handlers, struct problem_list *problems,
		  struct problem_list *warnings);

/* The same from an open source (xml_source.h), which stays the caller's. */
struct xml_source;
bool runbook_read_source(struct xml_source *source, const struct runbook_handlers *handlers,
			 struct problem_list *problems, struct problem_list *warnings);
