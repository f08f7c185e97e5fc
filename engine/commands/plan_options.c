// SPDX-License-Identifier: MIT
#include "engine/commands/plan_options.h"

#include <string.h>

static enum plan_etw etw_of(const char *text)
{
	if (text && strcmp(text, "always") == 0)
		return PLAN_ETW_ALWAYS;
	if (text && strcmp(text, "never") == 0)
		return PLAN_ETW_NEVER;
	return PLAN_ETW_AUTO;
}

void plan_options_read(const struct option_values *values, struct strv *include, struct generate_request *ret)
{
	const char *phases = option_text(values, "include");

	if (phases)
		strv_split(include, phases, ", ");
	ret->include = include;
	ret->etw = etw_of(option_text(values, "etwmanifest"));
	ret->with_backup = option_flag(values, "backup", true);
	ret->with_dvt = option_flag(values, "generatedvt", false);
}
