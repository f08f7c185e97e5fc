// SPDX-License-Identifier: MIT
/*
 * Which elements a runbook has, and where their values go. Pure.
 */
#pragma once

#include <stddef.h>

/* Elements that hold other elements of ours. */
enum runbook_place {
	PLACE_ROOT,
	PLACE_STEP_LIST,
	PLACE_STEP,
	PLACE_SCRIPT,
	PLACE_DYNAMIC,
	PLACE_SUB_STEP,
	PLACE_LOGS,
	PLACE_LOG,
	PLACE_COUNT,
};

/* The element's name: "RunbookStepList". */
const char *runbook_place_name(enum runbook_place place);

enum runbook_field_kind {
	FIELD_TEXT,
	FIELD_BOOL,
	FIELD_UINT,   /* retries, minutes */
	FIELD_NUMBER, /* of a step: from 1 */
	FIELD_STATE,
	FIELD_INNER_XML, /* the content, as XML text */
	FIELD_OUTER_XML, /* the element itself */
	FIELD_ITEM,      /* a place that may stand there many times */
	FIELD_PLACE,     /* a place that stands there once */
};

struct runbook_field {
	const char *name;
	enum runbook_field_kind kind;
	size_t offset;            /* of the value, in the struct of the place */
	unsigned bit;             /* enum step_field: noted in the step if the element was there; or 0 */
	enum runbook_place place; /* of FIELD_ITEM and FIELD_PLACE */
};

/*
 * The field of that name, or NULL. `hint` is where the search begins, and where the next one had best begin: elements stand mostly in their order. It
 * starts at 0 for each element.
 */
const struct runbook_field *runbook_field_find(enum runbook_place place, const char *name, unsigned *hint);

enum { RUNBOOK_FIELD_LIMIT = 32 };

/* The number of the field within its place, below that limit. */
unsigned runbook_field_number(enum runbook_place place, const struct runbook_field *field);

/* The field of that number, for who knows that it is the one. */
const struct runbook_field *runbook_field_at(enum runbook_place place, unsigned number, unsigned *hint);

/*
 * Stores the text of an element in `target`, the struct of its place; of two texts or XML texts the first one stays. Items and places
 * have no text. Returns NULL, or what was expected instead: "true or false".
 */
const char *runbook_field_set(const struct runbook_field *field, void *target, const char *text, size_t length);
