// SPDX-License-Identifier: MIT
/*
 * The writers of a report: each appends the whole of it. Pure: what they write depends on the report alone.
 */
#pragma once

#include "engine/report/report.h"
#include "runbook/base/strbuf.h"

/* One self-contained page, HTML and well-formed XML at once: no script, nothing from elsewhere. */
void report_write_html(const struct report *report, struct strbuf *ret);

/* The same as one JSON object: runbook/schema/report.schema.json. */
void report_write_json(const struct report *report, struct strbuf *ret);

/* As test tools write their results: a suite per machine, a case per step. */
void report_write_junit(const struct report *report, struct strbuf *ret);

/* Lines for people, to be mailed for instance. */
void report_write_text(const struct report *report, struct strbuf *ret);
