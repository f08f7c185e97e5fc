// SPDX-License-Identifier: MIT
/*
 * The options of the verbs that take packages from somebody else.
 */
#pragma once

#include "engine/commands/command.h"
#include "engine/package/trusted_archive.h"

#define REQUIRE_SIGNATURE_OPTION                                                          \
	{                                                                                 \
		.name = "requiresignature", .kind = OPTION_FLAG, .value = "true|false",   \
		.help = "Refuse a package without a signature of somebody who is trusted" \
	}

#define TRUST_FOLDER_OPTION                                                                                 \
	{                                                                                                   \
		.name = "trustfolder", .kind = OPTION_FOLDER, .value = "DIR",                               \
		.help = "The certificates of those whose signatures count; default " SIGNATURE_TRUST_FOLDER \
	}

#define TRUST_OPTIONS REQUIRE_SIGNATURE_OPTION, TRUST_FOLDER_OPTION

/* What TRUST_OPTIONS say; lives as long as the options. */
struct trust trust_options_read(const struct option_values *options);
