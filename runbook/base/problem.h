// SPDX-License-Identifier: MIT
/*
 * Several problems of one input, reported together.
 *
 * Whoever checks an input adds every problem it finds, with the file, the line and what to do, and goes on; the caller
 * turns the list into one error when the check is over. Warnings use the same list type.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/error.h"

struct problem {
	char *file;    /* as the user named it; NULL: the problem belongs to no file */
	unsigned line; /* from 1; 0: the file as a whole */
	char *text;    /* what is wrong and what to do, one line */
};

struct problem_list {
	struct problem *items; /* at most PROBLEM_LIMIT */
	size_t count;          /* of items */
	size_t alloc;
	size_t left_out; /* found beyond the limit: counted, not kept */
	bool of_machine; /* one of them says nothing about the input: it could not be read */
};

enum { PROBLEM_LIMIT = 1000 };

#define PROBLEM_LIST_INIT            \
	{                            \
		NULL, 0, 0, 0, false \
	}

void problem_list_release(struct problem_list *list);

#define CLEANUP_PROBLEMS CLEANUP(problem_list_release)

/* How many were found, kept or not. */
static inline size_t problem_list_total(const struct problem_list *list)
{
	return list->count + list->left_out;
}

/*
 * Adds `FILE:LINE: TEXT`; a `file` that is NULL and a `line` of 0 are left out. The texts are copied, and TEXT is made fit for a terminal (see
 * strbuf_add_visible()): it may repeat what an input holds.
 */
void problem_add(struct problem_list *list, const char *file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds what an error says. An ERROR_SYSTEM makes the whole list one: nobody can tell what is wrong with an input that cannot be read. */
void problem_add_error(struct problem_list *list, const char *file, unsigned line, const struct error *error);

/*
 * Returns true if the list is empty. Otherwise sets `err` with `code` (ERROR_SYSTEM if one of them is of the machine) and one line `FILE:LINE: TEXT`
 * per problem, in the order they were added, and returns false.
 */
bool problem_list_none(const struct problem_list *list, enum error_code code, struct error *err);

/* Appends one such line (without newline) to `ret`. */
struct strbuf;
void problem_format(const struct problem *problem, struct strbuf *ret);
