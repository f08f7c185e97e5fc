// SPDX-License-Identifier: MIT
/*
 * The names of 7z's compression methods, by the numbers of 7-Zip's DOC/Methods.txt. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* "unknown" if there is none. */
const char *codec_name(uint64_t id);

/* The number in a message of libarchive about a method that it does not know; false if the message is about something else. */
bool codec_id_in(const char *message, uint64_t *ret);
