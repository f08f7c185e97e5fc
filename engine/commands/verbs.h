// SPDX-License-Identifier: MIT
/*
 * The verbs, one file each; command.h says what they are made of. They are listed in verbs.c.
 */
#pragma once

#include "engine/commands/command.h"

extern const struct command command_apply;
extern const struct command command_attach;
extern const struct command command_bundle;
extern const struct command command_devinstall;
extern const struct command command_execute;
extern const struct command command_executerestore;
extern const struct command command_executestep;
extern const struct command command_export;
extern const struct command command_generate;
extern const struct command command_help;
extern const struct command command_import;
extern const struct command command_ledger_backup;
extern const struct command command_ledger_check;
extern const struct command command_list;
extern const struct command command_logs;
extern const struct command command_mergestepdata;
extern const struct command command_package_extract;
extern const struct command command_package_inspect;
extern const struct command command_package_merge;
extern const struct command command_package_sign;
extern const struct command command_package_verify;
extern const struct command command_quickinstallall;
extern const struct command command_report;
extern const struct command command_restore;
extern const struct command command_result;
extern const struct command command_settopology;
extern const struct command command_signoff;
extern const struct command command_status;
extern const struct command command_stop;
extern const struct command command_substep;
