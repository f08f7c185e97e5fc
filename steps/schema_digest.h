// SPDX-License-Identifier: MIT
/*
 * A ledger's schema in one number: to build the schema anew and to compare it takes longer than most commands take for their work.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "packages/digest.h"

/* Of a ledger of version SCHEMA_VERSION to which nobody has added anything, however old it once was. Changes with each version; a unit test says to what. */
#define SCHEMA_SHA256 "90a9ac77e9a75c4b0d618e70eada60b1bed56a8445da5ac21760937dd4af8a6c"

/* Over type, name and text of each object, each with its NUL, ordered by type and name. False: sqlite3_errcode() says why. */
bool schema_digest(sqlite3 *db, char ret[static DIGEST_TEXT_SIZE]);
