// SPDX-License-Identifier: MIT
/*
 * The script of a service model's phase or of a topology's backup, out of a small document.
 */
#pragma once

#include "runbook/script.h"
#include "runbook/xml_doc.h"

/* Where a script's elements stand in a runbook: its unknown ones are laid out for that. */
enum { SCRIPT_XML_LEVEL = 4 };

/* Reads the element of that name below `parent` into `ret`, which is initialised in any case; not `present` if there is none. */
void script_xml_read(struct xml_doc *doc, xmlNode *parent, const char *name, struct script *ret);
