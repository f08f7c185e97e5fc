// SPDX-License-Identifier: MIT
/*
 * The options that shape a plan, shared by the verbs that make one.
 */
#pragma once

#include "engine/commands/option.h"
#include "engine/generate.h"

#define PLAN_OPTIONS                                                                                              \
	{ .name = "generatedvt", .kind = OPTION_FLAG, .value = "", .help = "Add the DVT steps, which validate" }, \
		{ .name = "backup",                                                                               \
		  .kind = OPTION_FLAG,                                                                            \
		  .value = "true|false",                                                                          \
		  .help = "With false, leave out the environment backup and the Backup steps" },                  \
		{ .name = "include",                                                                              \
		  .kind = OPTION_TEXT,                                                                            \
		  .value = "PHASE,...",                                                                           \
		  .help = "Further phases: Drain, UnDrain, BackupConfig, UpdateConfig, GlobalBackup, "            \
			  "GlobalUpdateConfig" },                                                                 \
	{                                                                                                         \
		.name = "etwmanifest", .kind = OPTION_TEXT, .value = "auto|always|never",                         \
		.help = "Steps for ETW manifests: where the package has one (auto), for every service model, "    \
			"or none"                                                                                 \
	}

/* Fills in what the options say. `include` receives the phases and must live as long as the request. */
void plan_options_read(const struct option_values *values, struct strv *include, struct generate_request *ret);
