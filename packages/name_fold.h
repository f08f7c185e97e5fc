// SPDX-License-Identifier: MIT
/*
 * When two names are the same to somebody: Windows and macOS do not tell `Stop.sh` from `stop.sh`, nor an `é` in one character from an `e`
 * with an accent behind it.
 */
#pragma once

/*
 * The key under which all such names meet: Unicode's canonical caseless matching (definition D145), as ext4 and APFS use it in folders without case.
 * What is not UTF-8 stays as it is, but for ASCII letters. The caller frees it.
 */
char *name_fold(const char *name);
