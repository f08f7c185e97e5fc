// SPDX-License-Identifier: MIT
/*
 * The rules of masking, ready to be used. Internal to logs/; see logs/mask.h.
 */
#pragma once

#include <stdint.h>

#include "logs/grams.h"
#include "logs/literals.h"
#include "logs/mask.h"
#include "logs/mask_patterns.h"
#include "logs/pattern.h"

/* Patterns have a bit each in the sets of grams; those beyond share the last one. */
enum { MASK_SETS = 64 };

struct mask_rule {
	struct mask_pattern pattern;
	struct pattern *compiled;
	uint64_t set;
	char *owned; /* text of one that is not our own */
};

struct mask_rules {
	struct mask_rule *rules;
	size_t count;
	size_t alloc;
	uint64_t always;  /* sets of rules that no gram tells of: they see every line */
	uint64_t wrapped; /* sets of rules for words that may be broken */
	struct grams *grams;
	struct literals *literals;
};

/* Those in force. */
const struct mask_rules *mask_rules_now(void);

/* For tests: the built-in rules without the one of that name. */
void mask_rules_drop(const char *name);
