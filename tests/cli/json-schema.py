#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks JSON against a schema: json-schema.py SCHEMA FILE, where FILE holds one value, or with --lines one per line.

Knows the words that our schemas use, and refuses a schema with others: nothing is taken for checked that was not.
"""

import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
NOTES = {"$schema", "$defs", "title", "description"}


def is_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def object_problems(word, rule, value, schema, check):
    if not isinstance(value, dict):
        return
    if word == "required":
        yield from (f"{name} is missing" for name in rule if name not in value)
    elif word == "properties":
        for name in rule.keys() & value.keys():
            yield from (f"{name}: {problem}" for problem in check(value[name], rule[name]))
    elif rule is False:
        yield from (f"{name} is unknown" for name in value.keys() - schema["properties"].keys())
    else:
        for name in value.keys() - schema.get("properties", {}).keys():
            yield from (f"{name}: {problem}" for problem in check(value[name], rule))


def word_problems(word, rule, value, check):
    if word == "type" and not any(is_type(value, name) for name in ([rule] if isinstance(rule, str) else rule)):
        yield f"{value!r} is no {rule}"
    elif word == "enum" and value not in rule:
        yield f"{value!r} is none of {rule}"
    elif word == "minimum" and isinstance(value, int) and value < rule:
        yield f"{value} is less than {rule}"
    elif word == "pattern" and isinstance(value, str) and not re.search(rule, value):
        yield f"{value!r} does not match {rule}"
    elif word == "items" and isinstance(value, list):
        for number, item in enumerate(value):
            yield from (f"[{number}]: {problem}" for problem in check(item, rule))
    elif word == "oneOf" and sum(not list(check(value, part)) for part in rule) != 1:
        yield "matches none, or several, of its kinds"
    elif word not in ("type", "enum", "minimum", "pattern", "items", "oneOf"):
        raise SystemExit(f"the schema says {word}, which is not known here")


def checker(top):
    def check(value, schema):
        if "$ref" in schema:
            schema = top["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        for word, rule in schema.items():
            if word in ("required", "properties", "additionalProperties"):
                yield from object_problems(word, rule, value, schema, check)
            elif word not in NOTES:
                yield from word_problems(word, rule, value, check)
    return check


def main():
    arguments = [word for word in sys.argv[1:] if word != "--lines"]
    with open(arguments[0], encoding="utf-8") as file:
        schema = json.load(file)
    with open(arguments[1], encoding="utf-8") as file:
        values = [json.loads(line) for line in file] if "--lines" in sys.argv else [json.load(file)]
    problems = [problem for value in values for problem in checker(schema)(value, schema)]
    for problem in problems:
        print(problem)
    if not values:
        print("there is nothing in it")
    return bool(problems) or not values


if __name__ == "__main__":
    sys.exit(main())
