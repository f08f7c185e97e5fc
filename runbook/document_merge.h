// SPDX-License-Identifier: MIT
/*
 * Two documents of two packages as one: that of the first, with what only the second has.
 *
 * Service models, machines and their services, package types and lists are united by name, Guid or text; all else is that of the first. What both have and say differently is a
 * conflict. Comments and unknown elements stay.
 */
#pragma once

#include "runbook/base/problem.h"
#include "runbook/base/strbuf.h"
#include "runbook/document.h"

enum merge_kind {
	/* ServiceModelData. The Guid must be the same. Of a service model that only one of them selects for update, its definition is taken. */
	MERGE_SERVICE_MODELS,
	MERGE_TOPOLOGY,
	/* HotfixInstallationInfo. The platform must be the same; the type of different ones becomes MergedPackage. */
	MERGE_HOTFIX_INFO,
	MERGE_PACKAGE_TYPES,
};

/* Appends the document to `ret`. Returns false with every conflict, which names `second`'s file and line. */
bool document_merge(enum merge_kind kind, const struct document *first, const struct document *second,
		    struct strbuf *ret, struct problem_list *problems);
