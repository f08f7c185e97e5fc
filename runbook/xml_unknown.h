// SPDX-License-Identifier: MIT
/*
 * Elements and attributes that we do not know: reported once per name and document.
 */
#pragma once

#include <libxml/hash.h>

#include "runbook/base/problem.h"

struct xml_unknown {
	const char *file;
	struct problem_list *warnings;
	xmlHashTable *seen;
};

void xml_unknown_init(struct xml_unknown *unknown, const char *file, struct problem_list *warnings);
void xml_unknown_release(struct xml_unknown *unknown);

/* Something unknown was met, and is kept. */
void xml_unknown_element(struct xml_unknown *unknown, unsigned line, const char *name, const char *parent);
/* The same of an attribute, which is left out. */
void xml_unknown_attribute(struct xml_unknown *unknown, unsigned line, const char *name, const char *element);

/* Text where only elements are expected: it is left out. */
void xml_unknown_text(struct xml_unknown *unknown, unsigned line, const char *parent);
