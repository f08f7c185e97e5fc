// SPDX-License-Identifier: MIT
/*
 * Words and numbers of the documents, as XML Schema writes them and people do. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	XML_VALUE_UINT_LIMIT = 1000000, /* of retries and minutes */
	XML_SHOWN_BYTES = 80,           /* of a wrong value that a message repeats */
	XML_NAMESPACE_LIMIT = 16        /* declared on an element of ours: each unknown one in it is kept with them */
};

#define XML_VALUE_BOOL_WORDS "true or false"
#define XML_VALUE_UINT_WORDS "a whole number from 0 to 1000000"
#define XML_NAMESPACE_XSI "http://www.w3.org/2001/XMLSchema-instance"
#define XML_NAMESPACE_XSD "http://www.w3.org/2001/XMLSchema"

/* Whether there is nothing but XML's white space. */
bool xml_is_space(const char *text);

/* true, false, 1, 0 without regard to case; white space around is fine. False if it is none of them. */
bool xml_value_bool(const char *text, bool *ret);

/* Digits, white space around; false if it is something else or above the limit. */
bool xml_value_uint(const char *text, unsigned limit, unsigned *ret);
