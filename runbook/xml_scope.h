// SPDX-License-Identifier: MIT
/*
 * Namespaces that are declared on elements around a fragment that is kept, and would be lost with them.
 */
#pragma once

#include <stddef.h>

#include "runbook/xml_fragment.h"

struct xml_scope_entry {
	unsigned depth; /* of the element that declares it */
	char *prefix;   /* "": the default namespace */
	char *uri;
};

/* Zeroed to begin with. */
struct xml_scope {
	struct xml_scope_entry *entries;
	size_t count;
	size_t alloc;
};

void xml_scope_release(struct xml_scope *scope);

/* An element of that depth begins; all elements of that depth and deeper have ended. */
void xml_scope_enter(struct xml_scope *scope, unsigned depth, const struct xml_start *start);
void xml_scope_leave(struct xml_scope *scope, unsigned depth);

/* Appends the declarations that are in scope and that `start` does not make itself. */
void xml_scope_add_missing(const struct xml_scope *scope, const struct xml_start *start, struct strbuf *out);
