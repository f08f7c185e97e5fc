// SPDX-License-Identifier: MIT
#include "logs/mask_rules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "logs/pattern_gram.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

enum { FILE_LIMIT_BYTES = 1024 * 1024 };

static struct mask_rules *in_force;
static bool is_off;

/* ---- Grams ----------------------------------------------------------------------------------------------- */

/* A word may be broken anywhere, also within the gram that tells of it. */
static void add_broken(struct grams *grams, const char *gram, uint64_t set)
{
	size_t length = strlen(gram);

	for (size_t cut = 1; cut < length; cut++) {
		char broken[5] = { 0 };
		size_t first = cut > 2 ? cut - 2 : 0;
		size_t before = cut - first, after = length - cut < 3 - before ? length - cut : 3 - before;

		memcpy(broken, gram + first, before);
		broken[before] = '\n';
		memcpy(broken + before + 1, gram + cut, after);
		grams_add(grams, broken, set);
		broken[0] = gram[cut - 1];
		broken[1] = '\r';
		broken[2] = '\n';
		broken[3] = gram[cut];
		grams_add(grams, broken, set);
	}
}

static void add_grams(struct mask_rules *rules, const struct mask_rule *rule)
{
	CLEANUP_STRV struct strv grams = STRV_INIT;

	rules->wrapped |= rule->pattern.is_wrapped ? rule->set : 0;
	strv_split(&grams, rule->pattern.grams, "|");
	for (size_t i = 0; i < grams.count; i++) {
		grams_add(rules->grams, grams.items[i], rule->set);
		if (rule->pattern.is_wrapped)
			add_broken(rules->grams, grams.items[i], rule->set);
	}
}

/* ---- Rules ----------------------------------------------------------------------------------------------- */

static struct mask_rule *add_rule(struct mask_rules *rules, const struct mask_pattern *pattern)
{
	unsigned bit = rules->count < MASK_SETS ? (unsigned)rules->count : MASK_SETS - 1;
	struct mask_rule *rule;

	rules->rules = xgrow(rules->rules, rules->count, &rules->alloc, sizeof(*rules->rules));
	rule = &rules->rules[rules->count++];
	*rule = (struct mask_rule){ .pattern = *pattern, .set = UINT64_C(1) << bit };
	return rule;
}

static void rules_free(struct mask_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->count; i++) {
		pattern_free(rules->rules[i].compiled);
		free(rules->rules[i].owned);
	}
	free(rules->rules);
	grams_free(rules->grams);
	literals_free(rules->literals);
	free(rules);
}

static void cleanup_rules(struct mask_rules **rules)
{
	rules_free(*rules);
}

static struct mask_rules *built_in_rules(const char *without)
{
	struct mask_rules *rules = xcalloc(1, sizeof(*rules));

	rules->grams = grams_new();
	rules->literals = literals_new();
	for (size_t i = 0; i < mask_pattern_count; i++) {
		struct mask_rule *rule;

		if (without && strcmp(without, mask_patterns[i].name) == 0)
			continue;
		rule = add_rule(rules, &mask_patterns[i]);
		rule->compiled = pattern_new(rule->pattern.text, PATTERN_CASELESS);
		add_grams(rules, rule);
	}
	return rules;
}

/* A pattern of the admin: it is judged by lines, and what may be its beginning is held back. */
static bool add_custom(struct mask_rules *rules, const char *text, struct error *err)
{
	const struct mask_pattern pattern = { .name = "custom", .lines = 1, .is_shape = true };
	struct pattern *compiled = pattern_parse(text, 0, err);
	struct mask_rule *rule;
	char gram[PATTERN_GRAM_SIZE];

	if (!compiled)
		return false;
	rule = add_rule(rules, &pattern);
	rule->compiled = compiled;
	rule->owned = xstrdup(text);
	rule->pattern.text = rule->owned;
	if (pattern_gram(text, gram))
		grams_add(rules->grams, gram, rule->set);
	else
		rules->always |= rule->set;
	return true;
}

/* ---- Where they come from -------------------------------------------------------------------------------- */

static bool read_lines(const char *path, const char *what, struct strv *ret, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	char *line, *rest;

	if (!fs_check_owned_path(path, what, err) || !fs_read_file(path, FILE_LIMIT_BYTES, &text, err))
		return false;
	if (strlen(text.data) != text.length)
		return error_set(err, ERROR_INPUT, "%s: holds a NUL byte: it is no text", path);
	rest = text.data;
	while ((line = strsep(&rest, "\n"))) {
		size_t length = strlen(line);

		if (length && line[length - 1] == '\r')
			line[length - 1] = '\0';
		strv_push(ret, line);
	}
	return true;
}

static bool add_secret(struct mask_rules *rules, const char *secret, struct error *err)
{
	size_t length = strlen(secret);

	if (!length)
		return true;
	if (length < LITERAL_LEAST || length > LITERAL_MOST)
		return error_set(
			err, ERROR_INPUT,
			"a secret of %zu bytes cannot be masked: it must have %d to %d bytes (a shorter one would blot "
			"out ordinary text)",
			length, LITERAL_LEAST, LITERAL_MOST);
	if (!literals_add_forms(rules->literals, secret, length))
		return error_set(err, ERROR_INPUT, "too many secrets: there is room for some 300 of 30 characters");
	return true;
}

static bool check_private(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0 || !(st.st_mode & 077))
		return true;
	return error_set(err, ERROR_REFUSED, "%s: others may read or write the secrets in it; run chmod 600 %s", path,
			 path);
}

static bool add_secrets_file(struct mask_rules *rules, const char *path, struct error *err)
{
	CLEANUP_STRV struct strv lines = STRV_INIT;

	if (!path)
		return true;
	if (!read_lines(path, "secrets file", &lines, err) || !check_private(path, err))
		return false;
	for (size_t i = 0; i < lines.count; i++)
		if (!add_secret(rules, lines.items[i], err))
			return error_prefix(err, "%s:%zu", path, i + 1);
	return true;
}

static bool add_environment(struct mask_rules *rules, const char *names, struct error *err)
{
	CLEANUP_STRV struct strv split = STRV_INIT;

	if (names)
		strv_split(&split, names, ", ");
	for (size_t i = 0; i < split.count; i++) {
		const char *value = getenv(split.items[i]);

		if (value && !add_secret(rules, value, err))
			return error_prefix(err, "environment variable %s", split.items[i]);
	}
	return true;
}

static bool add_pattern_file(struct mask_rules *rules, const char *path, struct error *err)
{
	CLEANUP_STRV struct strv lines = STRV_INIT;

	if (path && !read_lines(path, "file of patterns", &lines, err))
		return false;
	for (size_t i = 0; i < lines.count; i++)
		if (*lines.items[i] && *lines.items[i] != '#' && !add_custom(rules, lines.items[i], err))
			return error_prefix(err, "%s:%zu", path, i + 1);
	return true;
}

bool mask_setup(const struct mask_settings *settings, struct error *err)
{
	CLEANUP(cleanup_rules) struct mask_rules *rules = built_in_rules(NULL);

	if (!add_secrets_file(rules, settings->secrets_file, err) ||
	    !add_environment(rules, settings->environment, err) ||
	    (settings->pattern && !add_custom(rules, settings->pattern, err)) ||
	    !add_pattern_file(rules, settings->pattern_file, err))
		return false;
	literals_seal(rules->literals);
	rules_free(in_force);
	in_force = TAKE(rules);
	return true;
}

const struct mask_rules *mask_rules_now(void)
{
	if (!in_force) {
		in_force = built_in_rules(NULL);
		literals_seal(in_force->literals);
	}
	return in_force;
}

void mask_prepare(void)
{
	(void)mask_rules_now();
}

bool mask_is_on(void)
{
	return !is_off;
}

void mask_turn_off(void)
{
	is_off = true;
}

void mask_reset(void)
{
	rules_free(in_force);
	in_force = NULL;
	is_off = false;
}

void mask_rules_drop(const char *name)
{
	mask_reset();
	in_force = built_in_rules(name);
	literals_seal(in_force->literals);
}
