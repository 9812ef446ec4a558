"""Reads the example answers of a bundle with the client that openapi-generator's python made of it.

lint.py BUNDLE PACKAGE: each example of an answer or event is read as it stands, and once more with null in every member
that may be null. What the client writes of it must be the same: no member is refused, and no null is lost.
"""

import importlib
import json
import sys
from datetime import datetime

with open(sys.argv[1], encoding="utf-8") as file:
    bundle = json.load(file)
package = importlib.import_module(sys.argv[2])
api = package.ApiClient()
# The generator has names of its own for schemas: core_ApiKey is CoreApiKey.
models = {name.lower(): getattr(package.models, name) for name in dir(package.models) if name[0].isupper()}
failed = []


def target(node):
    while isinstance(node, dict) and "$ref" in node:
        found = bundle
        for token in node["$ref"].removeprefix("#/").split("/"):
            found = found[token.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def with_nulls(schema, value):
    """The value with null in every member that may be null."""
    schema = target(schema)
    if isinstance(value, list):
        return [with_nulls(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    members = schema.get("properties", {})
    result = {name: with_nulls(members.get(name, {}), item) for name, item in value.items()}
    for name, member in members.items():
        if "null" in target(member).get("type", []) and (name in result or name in schema.get("required", [])):
            result[name] = None
    return result


def comparable(value):
    """The value with its times in one spelling."""
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str) and "T" in value:
        try:
            return datetime.fromisoformat(value).isoformat()
        except ValueError:
            return value
    return value


def read(where, schema, value):
    if isinstance(value, list):  # the client has models of objects, and a list of them for an array
        for item in value:
            read(where, target(schema)["items"], item)
        return
    if target(schema).get("additionalProperties") is True and not target(schema).get("properties"):
        return  # any object: the client has no model of it, and returns a dict
    name = schema["$ref"].rsplit("/", 1)[1]
    try:
        written = api.sanitize_for_serialization(models[name.replace("_", "").lower()].from_dict(value))
    except Exception as error:  # whatever the generated client throws at its user
        failed.append(f"{where}: {name} cannot be read: {' '.join(str(error).split())[:300]}")
        return
    if comparable(written) != comparable(value):
        failed.append(f"{where}: {name} is written as\n    {json.dumps(written)}\n  and was\n    {json.dumps(value)}")


count = 0
for section in ("paths", "webhooks"):
    for path, item in bundle.get(section, {}).items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            bodies = {status: target(answer) for status, answer in operation["responses"].items()}
            if section == "webhooks":
                bodies = {"body": target(operation["requestBody"])}
            for status, body in bodies.items():
                for media_type, content in body.get("content", {}).items():
                    if "json" not in media_type or "$ref" not in content.get("schema", {}):
                        continue
                    examples = [target(example)["value"] for example in content.get("examples", {}).values()]
                    examples += [content["example"]] if "example" in content else []
                    for example in examples:
                        count += 1
                        where = f"{method.upper()} {path} {status}"
                        read(where, content["schema"], example)
                        read(where + " with nulls", content["schema"], with_nulls(content["schema"], example))

for failure in failed:
    print(failure, file=sys.stderr)
if failed or not count:
    sys.exit(f"{len(failed)} of {2 * count} examples are not read as they were sent")
print(f"openapi-generator python: its client reads the {count} examples of answers and events, with nulls too")
