// SPDX-License-Identifier: MIT
#include "logs/pattern.h"

#include <assert.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "runbook/base/alloc.h"

/* What one match may cost: far above what any line of a log needs, far below what somebody would notice. */
enum { MATCH_LIMIT = 2000000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KIB = 4096 };
enum { JIT_STACK_LEAST = 32 * 1024, JIT_STACK_MOST = 1024 * 1024 };

struct pattern {
	const char *text;
	char *owned; /* the text, if it is ours */
	unsigned flags;
	bool is_fast; /* there is machine code */
	unsigned groups;
	pcre2_code *code; /* NULL: not compiled yet */
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

struct pattern *pattern_new(const char *text, unsigned flags)
{
	struct pattern *pattern = xcalloc(1, sizeof(*pattern));

	pattern->text = text;
	pattern->flags = flags;
	return pattern;
}

static uint32_t compile_options(unsigned flags)
{
	return PCRE2_NEVER_BACKSLASH_C | (flags & PATTERN_CASELESS ? PCRE2_CASELESS : 0) |
	       (flags & PATTERN_UTF ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0);
}

/* Machine code needs memory that can be executed, which hardened systems refuse: then the interpreter does it. */
static void compile_to_machine_code(struct pattern *pattern)
{
	if (getenv("RUNBOOK_INTERPRET") ||
	    pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_SOFT) != 0)
		return;
	pattern->stack = pcre2_jit_stack_create(JIT_STACK_LEAST, JIT_STACK_MOST, NULL);
	pattern->is_fast = pattern->stack != NULL;
	if (pattern->is_fast)
		pcre2_jit_stack_assign(pattern->context, NULL, pattern->stack);
}

/* 0, or the library's number of what is wrong with the text at *ret_offset. */
static int compile(struct pattern *pattern, size_t *ret_offset)
{
	int number = 0;
	uint32_t groups = 0;

	pattern->code = pcre2_compile((PCRE2_SPTR)pattern->text, PCRE2_ZERO_TERMINATED, compile_options(pattern->flags),
				      &number, ret_offset, NULL);
	if (!pattern->code)
		return number;
	pattern->data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
	pattern->context = pcre2_match_context_create(NULL);
	if (!pattern->data || !pattern->context)
		return PCRE2_ERROR_NOMEMORY;
	(void)pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
	(void)pcre2_set_depth_limit(pattern->context, DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(pattern->context, HEAP_LIMIT_KIB);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	pattern->groups = groups;
	compile_to_machine_code(pattern);
	return 0;
}

struct pattern *pattern_parse(const char *text, unsigned flags, struct error *err)
{
	struct pattern *pattern = pattern_new(NULL, flags);
	PCRE2_UCHAR what[200] = "";
	size_t offset = 0;
	int number;

	pattern->text = pattern->owned = xstrdup(text);
	number = compile(pattern, &offset);
	if (number == 0)
		return pattern;
	(void)pcre2_get_error_message(number, what, sizeof(what));
	error_set(err, ERROR_USAGE, "'%s' is no regular expression: %s (at character %zu)", text, (const char *)what,
		  offset + 1);
	pattern_free(pattern);
	return NULL;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_match_data_free(pattern->data);
	pcre2_match_context_free(pattern->context);
	pcre2_jit_stack_free(pattern->stack);
	pcre2_code_free(pattern->code);
	free(pattern->owned);
	free(pattern);
}

static int match(const struct pattern *pattern, const char *data, struct pattern_span text, uint32_t options)
{
	return pcre2_match(pattern->code, (PCRE2_SPTR)data, text.end, text.start, options, pattern->data,
			   pattern->context);
}

enum pattern_outcome pattern_match(struct pattern *pattern, struct pattern_span text, const char *data, bool partial,
				   struct pattern_span *ret)
{
	uint32_t options = partial ? PCRE2_PARTIAL_SOFT : 0;
	size_t nowhere;
	int result;

	if (!pattern->code && compile(pattern, &nowhere) != 0) {
		assert(!"one of our own patterns");
		return PATTERN_TOO_HARD;
	}
	result = match(pattern, data, text, options);
	/* The stack of machine code is bounded; the interpreter has the heap. */
	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = match(pattern, data, text, options | PCRE2_NO_JIT);
	if (result < 0 && result != PCRE2_ERROR_PARTIAL)
		return result == PCRE2_ERROR_NOMATCH ? PATTERN_NONE : PATTERN_TOO_HARD;
	*ret = (struct pattern_span){ pcre2_get_ovector_pointer(pattern->data)[0],
				      pcre2_get_ovector_pointer(pattern->data)[1] };
	return result == PCRE2_ERROR_PARTIAL ? PATTERN_PARTIAL : PATTERN_FOUND;
}

unsigned pattern_group_count(const struct pattern *pattern)
{
	return pattern->groups;
}

bool pattern_group(const struct pattern *pattern, unsigned group, struct pattern_span *ret)
{
	const size_t *bounds = pcre2_get_ovector_pointer(pattern->data) + (size_t)group * 2;

	if (bounds[0] == PCRE2_UNSET)
		return false;
	*ret = (struct pattern_span){ bounds[0], bounds[1] };
	return true;
}
