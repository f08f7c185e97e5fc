// SPDX-License-Identifier: MIT
/*
 * The manifest of a NuGet package, NAME.nuspec: which module it is, and which others it needs.
 *
 * Its namespace has changed with every version of NuGet and is not looked at. Elements that are not named here are nothing to us, and are not reported. Source of the
 * format: nuspec.xsd of NuGet, and real packages.
 */
#pragma once

#include "runbook/base/problem.h"
#include "runbook/base/strv.h"
#include "runbook/document.h"

struct nuspec {
	char *id;
	char *version; /* as written: "7.0.4841.35234", "1.0.0-beta" */
	char *title;   /* "" if there is none; so are the two below */
	char *authors;
	char *description;
	struct strv dependencies; /* "ID VERSION", "ID": each once, whatever framework it is for */
};

void nuspec_release(struct nuspec *nuspec);

#define NUSPEC_INIT \
	{           \
		0   \
	}
#define CLEANUP_NUSPEC CLEANUP(nuspec_release)

/* Returns false, with every problem added, if it is no manifest with an id and a version. */
bool nuspec_parse(const struct document *document, struct nuspec *ret, struct problem_list *problems);
