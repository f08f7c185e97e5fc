// SPDX-License-Identifier: MIT
/*
 * When a zip entry was changed last. Pure, but for the time zone of this machine.
 */
#pragma once

#include <time.h>

#include "packages/zip_extra.h"

/*
 * From the extra field if it has the time in UTC (NTFS or Unix), else from the DOS date and time (upper and lower half), which is of
 * no time zone and taken as local. tv_nsec is UTIME_OMIT if there is no time after 1970 and before 2100, which every file system can store.
 */
struct timespec zip_time_of(uint32_t dos, struct zip_extra extra);
