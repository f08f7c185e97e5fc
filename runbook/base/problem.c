// SPDX-License-Identifier: MIT
#include "runbook/base/problem.h"

#include <stdarg.h>

#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"
#include "runbook/base/utf8.h"

void problem_list_release(struct problem_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].file);
		free(list->items[i].text);
	}
	free(list->items);
	*list = (struct problem_list)PROBLEM_LIST_INIT;
}

enum { TEXT_LIMIT_BYTES = 4096 };

void problem_add(struct problem_list *list, const char *file, unsigned line, const char *format, ...)
{
	va_list args;
	struct problem *problem;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;

	if (list->count == PROBLEM_LIMIT) {
		list->left_out++;
		return;
	}
	list->items = xgrow(list->items, list->count, &list->alloc, sizeof(*list->items));
	problem = &list->items[list->count++];
	problem->file = file ? xstrdup(file) : NULL;
	problem->line = line;
	va_start(args, format);
	strbuf_vaddf(&text, format, args);
	va_end(args);
	strbuf_add_visible(&visible, text.data, TEXT_LIMIT_BYTES);
	problem->text = strbuf_detach(&visible);
}

void problem_add_error(struct problem_list *list, const char *file, unsigned line, const struct error *error)
{
	list->of_machine = list->of_machine || error->code == ERROR_SYSTEM;
	problem_add(list, file, line, "%s", error->message);
}

void problem_format(const struct problem *problem, struct strbuf *ret)
{
	if (problem->file)
		strbuf_add_str(ret, problem->file);
	if (problem->file && problem->line)
		strbuf_addf(ret, ":%u", problem->line);
	if (problem->file)
		strbuf_add_str(ret, ": ");
	strbuf_add_str(ret, problem->text);
}

bool problem_list_none(const struct problem_list *list, enum error_code code, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!list->count)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			strbuf_add_char(&text, '\n');
		problem_format(&list->items[i], &text);
	}
	if (list->left_out)
		strbuf_addf(&text, "\n… and %zu more problems", list->left_out);
	return error_set(err, list->of_machine ? ERROR_SYSTEM : code, "%s", text.data);
}
