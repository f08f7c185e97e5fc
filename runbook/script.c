// SPDX-License-Identifier: MIT
#include "runbook/script.h"

#include "runbook/base/alloc.h"

void script_fill(struct script *script)
{
	xfill(&script->file_name);
	xfill(&script->description);
	xfill(&script->unknown_xml);
}

void script_init(struct script *script)
{
	*script = (struct script){ 0 };
	script_fill(script);
}

static void sub_step_release(struct sub_step *sub)
{
	free(sub->name);
	free(sub->group);
	free(sub->file_name);
	free(sub->description);
}

void script_drop_sub_steps(struct script *script)
{
	for (size_t i = 0; i < script->sub_step_count; i++)
		sub_step_release(&script->sub_steps[i]);
	free(script->sub_steps);
	script->sub_steps = NULL;
	script->sub_step_count = 0;
}

void script_release(struct script *script)
{
	script_drop_sub_steps(script);
	free(script->file_name);
	free(script->description);
	free(script->unknown_xml);
	*script = (struct script){ 0 };
}

void script_copy(struct script *ret, const struct script *from)
{
	*ret = *from;
	ret->file_name = xstrdup(from->file_name);
	ret->description = xstrdup(from->description);
	ret->unknown_xml = xstrdup(from->unknown_xml);
	ret->sub_steps = from->sub_step_count ? xcalloc(from->sub_step_count, sizeof(*ret->sub_steps)) : NULL;
	for (size_t i = 0; i < from->sub_step_count; i++) {
		ret->sub_steps[i].name = xstrdup(from->sub_steps[i].name);
		ret->sub_steps[i].group = xstrdup(from->sub_steps[i].group);
		ret->sub_steps[i].file_name = xstrdup(from->sub_steps[i].file_name);
		ret->sub_steps[i].description = xstrdup(from->sub_steps[i].description);
	}
}

bool script_is_empty(const struct script *script)
{
	return !*script->file_name && !script->automated && !*script->description;
}
