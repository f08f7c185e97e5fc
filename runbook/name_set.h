// SPDX-License-Identifier: MIT
/*
 * Names without regard to case, and a number for each: for finding doubled ones and for looking up, among a hundred thousand as among three.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runbook/base/cleanup.h"

struct name_set;

struct name_set *name_set_new(void);
void name_set_free(struct name_set *set);

static inline void name_set_cleanup(struct name_set **set)
{
	name_set_free(*set);
}

#define CLEANUP_NAME_SET CLEANUP(name_set_cleanup)

/* Adds a copy of the name with its number. If it is there already nothing changes, its number is returned in `ret_first`, and false. */
bool name_set_add(struct name_set *set, const char *name, size_t number, size_t *ret_first);

/* Returns false if it is not there. */
bool name_set_find(const struct name_set *set, const char *name, size_t *ret_number);
