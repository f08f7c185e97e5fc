// SPDX-License-Identifier: MIT
/*
 * What the program takes from its surroundings: who runs it, where, and with which files.
 */
#pragma once

#include "engine/commands/option.h"

/* RUNBOOK_CONF, else /etc/runbook/runbook.conf. */
const char *caller_defaults_path(void);

/* ErrorCode.xml beside the defaults file. The caller frees it. */
char *caller_catalogue_path(void);

/*
 * The ledger's absolute path: -ledger on the command line, RUNBOOK_LEDGER, `ledger=` of the defaults file, /var/lib/runbook/ledger.db as
 * root, else $XDG_STATE_HOME/runbook/ledger.db ($HOME/.local/state without it). The caller frees it.
 */
char *caller_ledger_path(const struct option_values *values);

/* -machine, else the host's name. The caller frees it. */
char *caller_machine(const struct option_values *values);

/* The login's name; "root (alice)" if alice came by way of sudo. The caller frees it. */
char *caller_user(void);

/* Puts the rules of masking in force that the options ask for. */
bool caller_set_masking(const struct option_values *values, struct error *err);

/*
 * What a command that somebody is told to copy must repeat so that it means the same machine, ledger and masking: " -ledger=/a/l.db -machine=m1", each only
 * if it was on the command line, quoted for sh where needed; "" if nothing. With `of_runbook` -packagepath, too, which then says where the package of a
 * runbook is now. The caller frees it.
 */
char *caller_repeat_options(const struct option_values *values, bool of_runbook);
