// SPDX-License-Identifier: MIT
#include "tests/fault/plan.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: fault-tracer [-option]… -- PROGRAM [ARGUMENT]…\n"
	"  -points=kill|ERRNO      which calls are points: those that change something, or those that can give this error\n"
	"  -at=ROLE:N              the fault is at the N-th point of engine, nursery, supervisor or starter\n"
	"  -kill=VICTIMS           engine, nursery, supervisor, both (all three), tree (the steps too), or caller\n"
	"  -error=once|call|all    it fails once; with every later call of that name; with every later call that can\n"
	"  -cut=MOUNT              power cut: this ext4 or XFS is shut down, then everybody is killed\n"
	"  -run=COMMAND            a shell command\n"
	"  -lie=ROLE:CALL[,CALL]…  these calls do nothing and say that they worked; ROLE may be any\n"
	"  -norenameflags          renameat2 knows no flags, as on NFS: no two names can change places\n"
	"  -list                   tell every point\n"
	"  -report=FILE            what happened, as lines NAME=VALUE; default standard error\n"
	"Without a fault the points are counted.\n";

static const char *const role_names[ROLE_COUNT] = {
	[ROLE_UNKNOWN] = "unknown",       [ROLE_ENGINE] = "engine",   [ROLE_NURSERY] = "nursery",
	[ROLE_SUPERVISOR] = "supervisor", [ROLE_STARTER] = "starter", [ROLE_STEP] = "step",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

static enum role role_parse(const char *name)
{
	for (int role = ROLE_ENGINE; role < ROLE_COUNT; role++)
		if (strcmp(role_names[role], name) == 0)
			return (enum role)role;
	return ROLE_UNKNOWN;
}

static bool parse_points(const char *value, struct plan *plan)
{
	plan->kind = (enum point_kind)point_kind_parse(value, &plan->errnum);
	return plan->kind != 0;
}

/* "ROLE:REST"; *ret_rest is what stands behind the colon. */
static enum role split_role(const char *value, const char **ret_rest)
{
	const char *colon = strchr(value, ':');
	char name[32];

	if (!colon || (size_t)(colon - value) >= sizeof(name))
		return ROLE_UNKNOWN;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(colon - value), value);
	*ret_rest = colon + 1;
	return strcmp(name, "any") == 0 ? ROLE_COUNT : role_parse(name);
}

static bool parse_at(const char *value, struct plan *plan)
{
	const char *rest;
	char *end;

	plan->role = split_role(value, &rest);
	if (plan->role == ROLE_UNKNOWN || plan->role == ROLE_COUNT)
		return false;
	plan->point = strtoul(rest, &end, 10);
	return plan->point > 0 && *end == '\0';
}

static bool parse_kill(const char *value, struct plan *plan)
{
	static const struct {
		const char *name;
		unsigned victims;
	} known[] = {
		{ "engine", 1 << ROLE_ENGINE },
		{ "nursery", 1 << ROLE_NURSERY },
		{ "supervisor", 1 << ROLE_SUPERVISOR },
		{ "both", 1 << ROLE_ENGINE | 1 << ROLE_NURSERY | 1 << ROLE_SUPERVISOR },
		{ "tree", (1 << ROLE_COUNT) - 1 },
		{ "caller", 0 },
	};

	plan->action = ACTION_KILL;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, value) == 0) {
			plan->victims = known[i].victims;
			return true;
		}
	return false;
}

static bool parse_error(const char *value, struct plan *plan)
{
	static const char *const names[] = { "once", "call", "all" };

	plan->action = ACTION_ERROR;
	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], value) == 0) {
			plan->repeat = (enum repeat)i;
			return true;
		}
	return false;
}

static bool parse_cut(const char *value, struct plan *plan)
{
	plan->action = ACTION_CUT;
	plan->victims = (1 << ROLE_COUNT) - 1;
	plan->mount = value;
	return true;
}

static bool parse_run(const char *value, struct plan *plan)
{
	plan->action = ACTION_RUN;
	plan->shell_command = value;
	return true;
}

static bool add_lie(const char *name, size_t length, struct plan *plan)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%.*s", (int)length, name);
	if (plan->lie_count == LIES_LIMIT)
		return false;
	plan->lies[plan->lie_count] = call_find_name(text);
	return plan->lies[plan->lie_count++] != NULL;
}

static bool parse_lie(const char *value, struct plan *plan)
{
	const char *rest;
	enum role role = split_role(value, &rest);

	if (role == ROLE_UNKNOWN)
		return false;
	plan->liars = role == ROLE_COUNT ? (1 << ROLE_COUNT) - 1 : 1U << role;
	while (*rest) {
		size_t length = strcspn(rest, ",");

		if (!add_lie(rest, length, plan))
			return false;
		rest += length + (rest[length] == ',');
	}
	return plan->lie_count > 0;
}

static bool parse_report(const char *value, struct plan *plan)
{
	plan->report = value;
	return true;
}

static bool parse_no_rename_flags(const char *value, struct plan *plan)
{
	plan->no_rename_flags = true;
	return *value == '\0';
}

static bool parse_list(const char *value, struct plan *plan)
{
	plan->list = true;
	return *value == '\0';
}

static bool parse_option(const char *text, struct plan *plan)
{
	static const struct {
		const char *name;
		bool (*parse)(const char *value, struct plan *plan);
	} options[] = {
		{ "-points=", parse_points }, { "-at=", parse_at },
		{ "-kill=", parse_kill },     { "-error=", parse_error },
		{ "-cut=", parse_cut },       { "-run=", parse_run },
		{ "-lie=", parse_lie },       { "-report=", parse_report },
		{ "-list", parse_list },      { "-norenameflags", parse_no_rename_flags },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strncmp(text, options[i].name, strlen(options[i].name)) == 0)
			return options[i].parse(text + strlen(options[i].name), plan);
	return false;
}

static bool is_complete(const struct plan *plan)
{
	return plan->command && *plan->command && (plan->action == ACTION_COUNT || plan->point) &&
	       (plan->action != ACTION_ERROR || plan->errnum);
}

bool plan_parse(char **argv, struct plan *ret)
{
	bool fine = true;

	*ret = (struct plan){ .kind = POINT_KILL };
	for (char **argument = argv + 1; fine && *argument && !ret->command; argument++) {
		if (strcmp(*argument, "--") == 0)
			ret->command = argument + 1;
		else
			fine = parse_option(*argument, ret);
	}
	fine = fine && is_complete(ret);
	if (!fine)
		(void)fputs(usage, stderr);
	return fine;
}
