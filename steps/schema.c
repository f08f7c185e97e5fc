// SPDX-License-Identifier: MIT
#include "steps/schema.h"

#include <assert.h>

static const char *const *const migrations[SCHEMA_VERSION] = {
	schema_version_1, schema_version_2, schema_version_3, schema_version_4, schema_version_5,
};

const char *const *schema_migration(int version)
{
	assert(version >= 1 && version <= SCHEMA_VERSION);
	return migrations[version - 1];
}
