// SPDX-License-Identifier: MIT
/*
 * What quickinstallall and devinstall have in common.
 */
#pragma once

#include "engine/commands/command.h"
#include "engine/install.h"

extern const struct option install_options[];

/* Installs the package that the operand or -packagepath names, else the current folder. */
bool install_run(const struct command_context *context, enum install_kind kind, struct error *err);
