// SPDX-License-Identifier: MIT
/*
 * The parts of the page. Internal to the HTML writer (engine/report/report_html.c).
 */
#pragma once

#include "engine/report/report_scale.h"
#include "engine/report/report_words.h"

/* What its parts share. */
struct report_page {
	const struct report *report;
	struct strbuf *out;
	struct report_scale scale;
	bool has_scale;         /* something ran */
	uint32_t trouble_count; /* steps of which an attempt failed, or that did not end well */
	uint32_t decided_count; /* steps that somebody decided about */
};

/* Appends text between tags: markup is escaped, what cannot be seen is shown as \xNN. Line breaks stay. */
void page_text(struct report_page *page, const char *text);

/* Appends `<TAG>text</TAG>`, where TAG may have attributes: "p class=\"x\"". */
void page_element(struct report_page *page, const char *tag, const char *text);

/* Appends a state as a word with its mark. */
void page_state(struct report_page *page, enum step_state state, const char *word);

/* The style sheet, and the sections: each appends itself, or nothing if it has nothing to say. */
void page_style(struct report_page *page);
void page_failures(struct report_page *page);
void page_timeline(struct report_page *page);
void page_versions(struct report_page *page);
void page_decisions(struct report_page *page);
void page_longest(struct report_page *page);
void page_steps(struct report_page *page);

/* Whether a step belongs to those that had trouble: an attempt failed, or it did not end well. */
bool page_had_trouble(const struct report *report, const struct report_step *step);

/* Whether somebody decided something about the step. */
bool page_was_decided(const struct report *report, const struct report_step *step);
