// SPDX-License-Identifier: MIT
/*
 * ErrorCode.xml: failures that a package, a service model or an admin knows, with their cause and what to do. Schema: runbook/schema/catalogue.xsd.
 * Conventions as topology_read() and topology_parse().
 *
 *	<ErrorCodeData>
 *	  <ErrorCode>
 *	    <Code>LicenceMissing</Code>
 *	    <Pattern>licence .* not found</Pattern>			(any number)
 *	    <ExitCode>17</ExitCode>					(may be missing)
 *	    <Cause>The licence file is missing.</Cause>
 *	    <Action>Copy it to /etc/shop/licence.txt.</Action>
 *	  </ErrorCode>
 *	</ErrorCodeData>
 */
#pragma once

#include <stddef.h>

#include "runbook/base/problem.h"
#include "runbook/document.h"

#define CATALOGUE_FILE_NAME "ErrorCode.xml"

struct catalogue_entry {
	char *code;
	char *patterns; /* a line each; "" if there are none */
	int exit_code;  /* -1: none */
	char *cause;
	char *action;
	unsigned line; /* in the file */
};

struct catalogue {
	struct catalogue_entry *items;
	size_t count;
	size_t alloc;
};

/* Reads the file; nothing of it is given out if there are problems. */
bool catalogue_read(const char *path, struct catalogue *ret, struct problem_list *problems,
		    struct problem_list *warnings);
/* The same for a text. */
bool catalogue_parse(const struct document *document, struct catalogue *ret, struct problem_list *problems,
		     struct problem_list *warnings);
void catalogue_release(struct catalogue *catalogue);
