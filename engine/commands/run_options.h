// SPDX-License-Identifier: MIT
/*
 * The options of the verbs that execute, and what they ask of the engine.
 */
#pragma once

#include "engine/commands/command.h"
#include "engine/commands/trust_options.h"
#include "engine/run.h"

/* Of the verbs that go on from step to step. */
#define UNTIL_STEP_OPTION                                                                                      \
	{                                                                                                      \
		.name = "untilstep", .kind = OPTION_NUMBER, .value = "N", .minimum = 1, .maximum = UINT32_MAX, \
		.help = "Stop when step N is done"                                                             \
	}

/* How a step is run: shared by every verb that runs one. */
#define RUN_OPTIONS                                                                                                              \
	REQUIRE_SIGNATURE_OPTION,                                                                                                \
		{ .name = "acceptchange",                                                                                        \
		  .kind = OPTION_FLAG,                                                                                           \
		  .value = "",                                                                                                   \
		  .help = "Run scripts that changed since the import; needs -reason" },                                          \
		{ .name = "autoresume",                                                                                          \
		  .kind = OPTION_FLAG,                                                                                           \
		  .value = "",                                                                                                   \
		  .help = "Run a step again whose outcome is unknown, unless the step forbids it" },                             \
		{ .name = "nomask",                                                                                              \
		  .kind = OPTION_FLAG,                                                                                           \
		  .value = "",                                                                                                   \
		  .help = "Keep the output of the steps as it is, with its secrets; needs -reason" },                            \
		{ .name = "requiresignoff",                                                                                      \
		  .kind = OPTION_FLAG,                                                                                           \
		  .value = "true|false",                                                                                         \
		  .help = "Begin only if earlier runbooks for the same service models are signed off or taken back" },           \
		{ .name = "retrypause",                                                                                          \
		  .kind = OPTION_NUMBER,                                                                                         \
		  .value = "SECONDS",                                                                                            \
		  .maximum = 86400,                                                                                              \
		  .help = "The pause before the first retry of a step; doubles each time; default 5" },                          \
		{ .name = "grace",                                                                                               \
		  .kind = OPTION_NUMBER,                                                                                         \
		  .value = "SECONDS",                                                                                            \
		  .maximum = 86400,                                                                                              \
		  .help = "How long a step that timed out has between TERM and KILL; default 10" },                              \
		{ .name = "bundle",                                                                                              \
		  .kind = OPTION_FOLDER,                                                                                         \
		  .value = "DIR",                                                                                                \
		  .help = "Leave a bundle (see that verb) in DIR when a step has failed, and before a restore" },                \
		{ .name = "events",                                                                                              \
		  .kind = OPTION_FILE,                                                                                           \
		  .value = "FILE",                                                                                               \
		  .help = "Append a line of JSON to FILE for each thing that happens" },                                         \
		{ .name = "notify",                                                                                              \
		  .kind = OPTION_TEXT,                                                                                           \
		  .value = "COMMAND",                                                                                            \
		  .help = "Run COMMAND, with the event as JSON on its standard input, when the run starts, recovers and ends" }, \
		{ .name = "notifytimeout",                                                                                       \
		  .kind = OPTION_NUMBER,                                                                                         \
		  .value = "SECONDS",                                                                                            \
		  .minimum = 1,                                                                                                  \
		  .maximum = 3600,                                                                                               \
		  .help = "What the notify command has for one event before it is ended; default 10" },                          \
	{                                                                                                                        \
		.name = "logcap", .kind = OPTION_NUMBER, .value = "BYTES", .minimum = 4096,                                      \
		.help = "How much of a step's output its log keeps; default 1073741824"                                          \
	}

/* A request with what the options and the context say; its strings live as long as they do. ERROR_USAGE: -acceptchange without -reason. */
bool run_options_read(const struct command_context *context, struct run_request *ret, struct error *err);

/* The same of a verb that goes on with a runbook, with -runbookid, -rerunstep and -setstepcomplete. ERROR_USAGE also if both of the latter are given. */
bool run_options_read_deciding(const struct command_context *context, struct run_request *ret, struct error *err);

/* "N", "A..B" or "N.M", numbers from 1, A not above B, into the request. ERROR_USAGE otherwise. */
bool run_options_parse_rerun(const char *text, struct run_request *ret, struct error *err);
