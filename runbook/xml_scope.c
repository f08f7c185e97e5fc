// SPDX-License-Identifier: MIT
#include "runbook/xml_scope.h"

#include <stdlib.h>
#include <string.h>

#include "runbook/base/alloc.h"

static const char *text_of(const xmlChar *text)
{
	return text ? (const char *)text : "";
}

void xml_scope_leave(struct xml_scope *scope, unsigned depth)
{
	while (scope->count && scope->entries[scope->count - 1].depth >= depth) {
		scope->count--;
		free(scope->entries[scope->count].prefix);
		free(scope->entries[scope->count].uri);
	}
}

void xml_scope_release(struct xml_scope *scope)
{
	xml_scope_leave(scope, 0);
	free(scope->entries);
	*scope = (struct xml_scope){ 0 };
}

void xml_scope_enter(struct xml_scope *scope, unsigned depth, const struct xml_start *start)
{
	for (int i = 0; i < start->namespace_count; i++) {
		scope->entries = xgrow(scope->entries, scope->count, &scope->alloc, sizeof(*scope->entries));
		scope->entries[scope->count++] =
			(struct xml_scope_entry){ depth, xstrdup(text_of(start->namespaces[i * 2])),
						  xstrdup(text_of(start->namespaces[i * 2 + 1])) };
	}
}

static bool is_declared_by(const struct xml_start *start, const char *prefix)
{
	for (int i = 0; i < start->namespace_count; i++)
		if (strcmp(text_of(start->namespaces[i * 2]), prefix) == 0)
			return true;
	return false;
}

static bool is_hidden(const struct xml_scope *scope, size_t entry)
{
	for (size_t i = entry + 1; i < scope->count; i++)
		if (strcmp(scope->entries[i].prefix, scope->entries[entry].prefix) == 0)
			return true;
	return false;
}

void xml_scope_add_missing(const struct xml_scope *scope, const struct xml_start *start, struct strbuf *out)
{
	for (size_t i = 0; i < scope->count; i++) {
		const struct xml_scope_entry *entry = &scope->entries[i];

		if (!is_declared_by(start, entry->prefix) && !is_hidden(scope, i))
			xml_fragment_add_namespace(out, entry->prefix, entry->uri);
	}
}
