// SPDX-License-Identifier: MIT
#include "engine/commands/caller.h"

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strbuf.h"
#include "runbook/catalogue.h"

/* An environment variable that is set and not empty, or NULL. */
static const char *variable(const char *name)
{
	const char *text = getenv(name);

	return text && *text ? text : NULL;
}

const char *caller_defaults_path(void)
{
	const char *path = variable("RUNBOOK_CONF");

	return path ? path : "/etc/runbook/runbook.conf";
}

static char *home_folder(void)
{
	const char *home = variable("HOME");
	const struct passwd *entry = home ? NULL : getpwuid(geteuid());

	if (home)
		return xstrdup(home);
	return xstrdup(entry ? entry->pw_dir : "/");
}

static char *default_ledger_path(void)
{
	const char *state = variable("XDG_STATE_HOME");
	CLEANUP_FREE char *home = NULL;

	if (geteuid() == 0)
		return xstrdup("/var/lib/runbook/ledger.db");
	/* The XDG specification: a path that is not absolute is to be ignored. */
	if (state && *state == '/')
		return fs_join(state, "runbook/ledger.db");
	home = home_folder();
	return fs_join(home, ".local/state/runbook/ledger.db");
}

char *caller_ledger_path(const struct option_values *values)
{
	const char *variable_path = variable("RUNBOOK_LEDGER");
	const char *path = option_text(values, "ledger");

	if (variable_path && !option_is_given(values, "ledger"))
		path = variable_path;
	return path ? fs_absolute(path) : default_ledger_path();
}

char *caller_catalogue_path(void)
{
	CLEANUP_FREE char *folder = fs_folder_of(caller_defaults_path());

	return fs_join(folder, CATALOGUE_FILE_NAME);
}

char *caller_machine(const struct option_values *values)
{
	const char *name = option_text(values, "machine");
	char host[HOST_NAME_MAX + 1] = "";

	if (name)
		return xstrdup(name);
	if (gethostname(host, sizeof(host) - 1) < 0 || !*host)
		return xstrdup("localhost");
	return xstrdup(host);
}

char *caller_user(void)
{
	const struct passwd *entry = getpwuid(getuid());
	CLEANUP_FREE char *login = entry ? xstrdup(entry->pw_name) : xasprintf("uid %lu", (unsigned long)getuid());
	const char *sudo_user = geteuid() == 0 ? variable("SUDO_USER") : NULL;

	return sudo_user ? xasprintf("%s (%s)", login, sudo_user) : xstrdup(login);
}

/* Text as a word of sh: in single quotes unless it is made of harmless characters only. */
static void add_word(const char *text, struct strbuf *ret)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";

	if (!text[strspn(text, harmless)]) {
		strbuf_add_str(ret, text);
		return;
	}
	strbuf_add_char(ret, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_add_str(ret, "'\\''");
		else
			strbuf_add_char(ret, *text);
	}
	strbuf_add_char(ret, '\'');
}

bool caller_set_masking(const struct option_values *values, struct error *err)
{
	const struct mask_settings settings = { .secrets_file = option_text(values, "secrets"),
						.environment = option_text(values, "secretenv"),
						.pattern = option_text(values, "maskpattern"),
						.pattern_file = option_text(values, "maskfile") };

	/* The built-in rules need no setting up until something is masked. */
	if (!settings.secrets_file && !settings.environment && !settings.pattern && !settings.pattern_file)
		return true;
	return mask_setup(&settings, err);
}

/* A path so that the command may be given in any folder. */
static void repeat_option(const struct option_values *values, const char *name, struct strbuf *ret)
{
	const struct option *option = option_find(NULL, name, strlen(name));
	bool is_path = option->kind == OPTION_FILE || option->kind == OPTION_FOLDER;
	CLEANUP_FREE char *path = NULL;

	if (!option_is_given(values, name))
		return;
	if (is_path)
		path = fs_absolute(option_text(values, name));
	strbuf_addf(ret, " -%s=", name);
	add_word(path ? path : option_text(values, name), ret);
}

char *caller_repeat_options(const struct option_values *values, bool of_runbook)
{
	static const char *const repeated[] = { "machine", "secrets", "secretenv", "maskpattern", "maskfile" };
	CLEANUP_STRBUF struct strbuf words = STRBUF_INIT;

	repeat_option(values, "ledger", &words);
	if (of_runbook)
		repeat_option(values, "packagepath", &words);
	for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++)
		repeat_option(values, repeated[i], &words);
	return strbuf_detach(&words);
}
