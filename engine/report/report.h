// SPDX-License-Identifier: MIT
/*
 * What became of a runbook, as plain data: read from the ledger once, of one moment, and then written by one of several writers
 * (engine/report/report_write.h), which only write. The same ledger gives the same report.
 *
 * Strings are owned and never NULL unless said otherwise. Attempts, decisions and sub-steps lie in arrays of their own, ordered by step; those of a
 * step are one run of it.
 */
#pragma once

#include "runbook/base/strv.h"
#include "runbook/step.h"
#include "steps/ledger.h"

/* A run of neighbours in one of the arrays. */
struct report_range {
	size_t first;
	size_t count;
};

struct report_attempt {
	uint32_t step;
	uint32_t number;
	enum step_state state;
	int64_t started_ns;             /* 0: unknown */
	int64_t ended_ns;               /* 0: running or unknown */
	int64_t duration_ns;            /* -1: unknown */
	int64_t waited_ns;              /* since whatever ended last before it; 0: none */
	int exit_code;                  /* -1: none */
	int signal;                     /* 0: none */
	int64_t cpu_us, peak_memory_kb; /* -1: unknown */
	char *reason;
	char *user;
	char *log_path;
	char *left_behind;
	char *lines;  /* that failed it; "": none */
	char *cause;  /* from the catalogue; "": none known */
	char *action; /* what to do about it */
};

struct report_decision {
	uint32_t step;
	uint32_t after_attempt;
	enum override_kind kind;
	enum step_state state;
	int64_t time_ns;
	int64_t begin_ns; /* of a state that was taken over: when the step ran elsewhere; 0: unknown */
	int64_t end_ns;
	char *user;
	char *reason;
	char *detail; /* for people; "": nothing to add */
};

struct report_sub_step {
	uint32_t step, number, attempt; /* number: the M of N.M */
	enum step_state state;
	int64_t started_ns;
	int64_t ended_ns;
	int64_t duration_ns;
	char *group;
	char *name;
};

struct report_step {
	uint32_t number;
	enum step_state state;
	enum step_type type;
	bool automated;
	bool by_hand; /* its state is somebody's decision, not an attempt's */
	char *description;
	char *machine;
	char *service_model;
	char *file_name;
	char *instruction;
	struct report_range attempts;
	struct report_range decisions;
	struct report_range sub_steps;
	int64_t duration_ns; /* of the last attempt; -1: none or unknown */
	int64_t earlier_ns;  /* of the same step in the last runbook that completed it; -1: there is none */
	char *earlier_id;    /* that runbook; NULL: there is none */
};

struct report_version {
	char *service_model;
	char *before;  /* "": was not installed */
	char *after;   /* "": this runbook did not install it (yet), or took it away */
	uint32_t step; /* that did; 0: none */
	int64_t installed_ns;
};

enum report_outcome {
	REPORT_COMPLETED,
	REPORT_NOT_STARTED,
	REPORT_UNDER_WAY,  /* a step is running, or ended while nobody looked */
	REPORT_UNFINISHED, /* stopped between two steps */
	REPORT_WAITING,    /* for somebody: the next step is a manual one */
	REPORT_FAILED,
	REPORT_TIMED_OUT,
	REPORT_UNKNOWN,
};

struct report {
	struct ledger_runbook runbook;
	struct ledger_acceptance acceptance;
	enum report_outcome outcome;
	uint32_t next_step; /* the first that is not done; 0: none */
	struct report_step *steps;
	size_t step_count;
	struct report_attempt *attempts;
	size_t attempt_count;
	struct report_decision *decisions;
	size_t decision_count;
	struct report_sub_step *sub_steps;
	size_t sub_step_count;
	struct report_version *versions;
	size_t version_count;
	struct strv machines; /* as the steps name them first */
	int64_t begin_ns;     /* of the first attempt or decision; 0: none */
	int64_t end_ns;       /* of the last one */
	int64_t working_ns;   /* while a step ran */
	uint32_t *longest;    /* indices of the steps that took longest, longest first */
	size_t longest_count; /* at most REPORT_LONGEST */
	struct strv commands; /* to go on with; filled by the caller */
	char *advice;         /* the same in words; NULL: none */
	size_t alloc[4];      /* of steps, attempts, decisions and sub-steps, while they grow */
};

enum { REPORT_LONGEST = 10 };

/* Reads it. ERROR_INPUT if there is no such runbook. `ret` is zeroed before. */
bool report_read(struct ledger *ledger, const char *runbook_id, struct report *ret, struct error *err);
void report_release(struct report *report);

#define CLEANUP_REPORT CLEANUP(report_release)

/* What follows from what was read: waiting and working time, outcome, what took longest. Pure; report_read() does it. */
void report_conclude(struct report *report);

/* Fills earlier_ns and earlier_id from the runbooks that the ledger had before this one; report_read() does it. */
bool report_compare(struct ledger *ledger, struct report *report, struct error *err);

/* Takes the text apart that the end of a failed attempt was recorded with: lines, cause and action. Pure; report_read() does it. */
void report_take_lines(const char *recorded, struct report_attempt *attempt);

/* Fills the versions, by name, from the history of installed services; report_read() does it. */
bool report_read_versions(struct ledger *ledger, struct report *report, struct error *err);

/* The step of that number. */
const struct report_step *report_step_get(const struct report *report, uint32_t number);
