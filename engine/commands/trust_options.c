// SPDX-License-Identifier: MIT
#include "engine/commands/trust_options.h"

struct trust trust_options_read(const struct option_values *options)
{
	return (struct trust){ .required = option_flag(options, "requiresignature", false),
			       .folder = option_text(options, "trustfolder") };
}
