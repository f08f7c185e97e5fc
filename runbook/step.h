// SPDX-License-Identifier: MIT
/*
 * A step as the document knows it.
 *
 * Plain data: strings are owned by the struct and are never NULL once it is initialised by its reader or by the plan
 * (an absent element is "" and its bit in `fields` is clear).
 * Source of the format: the two shapes of Step in real runbooks (2015-16, and the longer one of the 2020s).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runbook/base/cleanup.h"
#include "runbook/script.h"

/* The elements a Step had when it was read: what was not there is not written either, so that a foreign runbook stays itself. */
enum step_field {
	STEP_FIELD_RUNBOOK_ID = 1 << 0,
	STEP_FIELD_PACKAGE_ID = 1 << 1,
	STEP_FIELD_PACKAGE_TYPE = 1 << 2,
	STEP_FIELD_COMPLETED_MANUALLY = 1 << 3,
	STEP_FIELD_RETRY_COUNT = 1 << 4,
	STEP_FIELD_TIMEOUT = 1 << 5,
	STEP_FIELD_OWN_PROCESS = 1 << 6,
	STEP_FIELD_NO_AUTO_RESUME = 1 << 7,
	STEP_FIELD_DYNAMIC = 1 << 8,
	STEP_FIELD_TYPE = 1 << 9,
	STEP_FIELD_CONCURRENCY = 1 << 10,
	STEP_FIELD_OUTPUT = 1 << 11,
	STEP_FIELDS_LONG = (1 << 12) - 1, /* all of them: the shape we generate */
};

/* StepState of the document. The ledger knows more (steps/state.h) and says so in StepDetail. */
enum step_document_state { STEP_NOT_STARTED, STEP_IN_PROGRESS, STEP_COMPLETED, STEP_FAILED };

/* The word of the document for a state, and back (without regard to case); false if it is none. */
const char *step_document_state_name(enum step_document_state state);
bool step_document_state_parse(const char *text, enum step_document_state *ret);

/* StepType of the steps that the plan makes: the phases, and the two built-in actions of Update. */
enum step_type {
	STEP_TYPE_DRAIN,
	STEP_TYPE_STOP,
	STEP_TYPE_ENVIRONMENT_BACKUP,
	STEP_TYPE_BACKUP,
	STEP_TYPE_GLOBAL_BACKUP,
	STEP_TYPE_BACKUP_CONFIG,
	STEP_TYPE_UPDATE,
	STEP_TYPE_ETW_MANIFEST,
	STEP_TYPE_INSTALLATION_INFO,
	STEP_TYPE_UPDATE_CONFIG,
	STEP_TYPE_GLOBAL_UPDATE_CONFIG,
	STEP_TYPE_GLOBAL_UPDATE,
	STEP_TYPE_START,
	STEP_TYPE_UNDRAIN,
	STEP_TYPE_DVT,
	STEP_TYPE_RESTORE, /* this and the next two: only in runbooks made by executerestore */
	STEP_TYPE_GLOBAL_RESTORE,
	STEP_TYPE_RESTORE_CONFIG,
	STEP_TYPE_OTHER, /* a word we do not know, or none and not to be told from the description */
	STEP_TYPE_COUNT,
};

/* The word of StepType for a type. */
const char *step_type_name(enum step_type type);

/*
 * The type a step has. A foreign runbook of the older shape has no StepType: there it is told from the description
 * ("Stop script for service model: …", "Updating ETW manifest for …", "Updating installation info for …").
 */
enum step_type step_type_of(const char *type_text, const char *description);

/* Whether the program does it itself: ETW manifest without a script, and installation info. */
bool step_type_is_built_in(enum step_type type);

struct step {
	unsigned fields; /* enum step_field */
	unsigned line;   /* where it was read; 0 for a planned one */
	uint32_t number; /* ID: 1…N */
	char *runbook_id;
	char *package_id;
	char *package_type;
	bool completed_manually;
	char *description;
	char *machine;
	char *service_model;
	struct script script;
	char *type; /* StepType as written */
	char *concurrency;
	char *output;     /* ScriptExecutionOutput */
	char *start_time; /* as written: CLOCK_TEXT_MIN when unset */
	char *end_time;   /* as written: CLOCK_TEXT_MAX when unset */
	enum step_document_state state;
	char *detail_xml; /* our own StepDetail element as XML text, without which the four states say too little; "" = none */
	char *unknown_xml; /* elements we do not know, as XML text */
};

/* All strings are "", the times those of a step that never ran. */
void step_init(struct step *step);

/* Gives these values to each string that is still NULL; see script_fill(). */
void step_fill(struct step *step);
void step_release(struct step *step);

#define CLEANUP_STEP CLEANUP(step_release)

struct step_list {
	struct step *items;
	size_t count;
	size_t alloc;
};

#define STEP_LIST_INIT     \
	{                  \
		NULL, 0, 0 \
	}

/* Appends an initialised step and returns it; its number is its place in the list. */
struct step *step_list_add(struct step_list *list);
void step_list_release(struct step_list *list);

#define CLEANUP_STEP_LIST CLEANUP(step_list_release)
