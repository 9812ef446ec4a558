// What redocly does not know about our descriptions: lint rules for what the generators stumble over, and
// decorators that make the contracts fit into one joined document.

import { readFileSync } from 'node:fs';

const types = (schema) => [].concat(schema.type ?? []);

/** Schemas that our generators and validators read as they are meant. */
function Schemas() {
  return {
    Schema(schema, { report, location }) {
      const at = (key) => location.child(key);
      for (const key of ['enum', 'const']) {
        if (key in schema && !schema.type) report({ message: `A schema with ${key} must have a type.`, location: at(key) });
      }
      if (schema.enum?.includes(null)) report({ message: "No null in an enum: use type [T, 'null'].", location: at('enum') });
      const t = types(schema);
      if (t.length > 1 && !(t.length === 2 && t.includes('null'))) {
        report({ message: 'No union of types, other than one with null.', location: at('type') });
      }
      // openapi-generator's Python client refuses the null of a member that stands behind an allOf (its issue 21065).
      if (schema.allOf) report({ message: 'No allOf: write the members out.', location: at('allOf') });
      if (schema.$defs) report({ message: 'No $defs: name the schema in schemas/.', location: at('$defs') });
      if (schema.discriminator && !schema.discriminator.mapping) {
        report({ message: 'A discriminator must have a mapping.', location: at('discriminator') });
      }
    },
  };
}

/** A typing error in a request is refused, never ignored. `x-open: <reason>` is the exception. */
function ClosedRequests() {
  const Schema = (schema, { report }) => {
    const object = types(schema).includes('object') || schema.properties;
    if (object && !('additionalProperties' in schema) && !schema['x-open']) {
      report({ message: 'An object in a request must have additionalProperties: false (or x-open with the reason).' });
    }
  };
  return { Paths: { RequestBody: { Schema } } }; // not under webhooks: those bodies are ours
}

/** Every body of a request or response has an example. */
function BodyExamples() {
  const mediaType = (body, { report }) => {
    if (body.schema && !('example' in body) && !body.examples) report({ message: 'A body must have an example.' });
  };
  return { RequestBody: { MediaType: mediaType }, Response: { MediaType: mediaType } };
}

/** The server routes by path and reads security, deprecation and limits per operation. */
function Operations() {
  return {
    Paths: {
      enter(paths, { report, location }) {
        for (const path of Object.keys(paths)) {
          if (path.includes(':')) report({ message: 'No colon in a path (the router takes it for a parameter): use /verb.', location: location.child([path]).key() });
        }
      },
      Operation(operation, { report }) { // not under webhooks, which nobody calls
        const { resource = '', method = '', ...others } = operation['x-sdk'] ?? {};
        const camelCase = /^[a-z][A-Za-z0-9]*$/;
        if (!camelCase.test(resource) || !camelCase.test(method) || Object.keys(others).length > 0) {
          report({ message: 'An operation must have its name in the SDKs, as in x-sdk: {resource: apiKeys, method: revoke}.' });
        }
      },
    },
    Components(components, { report, location }) {
      if (components.pathItems) report({ message: 'No components/pathItems.', location: location.child('pathItems') });
    },
    Operation(operation, { report }) {
      if (!operation.security) report({ message: 'An operation must say its security, [] when it is public.' });
      if (operation.deprecated && !/^\d{4}-\d\d-\d\d$/.test(operation['x-sunset'] ?? '')) {
        report({ message: 'A deprecated operation must have x-sunset: YYYY-MM-DD.' });
      }
      if (operation.deprecated && !operation['x-successor']) report({ message: 'A deprecated operation must have x-successor.' });
    },
  };
}

/** operationIds and names of events are unique in a contract, not among all: platform_listWorkspaces. */
function PrefixNames() {
  let contract;
  return {
    Root: {
      enter(root) {
        contract = root.info['x-contract'];
        if (!contract) throw new Error(`info.x-contract is missing in ${root.info.title}`);
      },
      leave(root) {
        if (!root.webhooks) return; // redocly lets the last contract's events replace those of the others
        root.webhooks = Object.fromEntries(Object.entries(root.webhooks).map(([name, item]) => [`${contract}_${name}`, item]));
      },
    },
    Operation: { leave: (operation) => { operation.operationId = `${contract}_${operation.operationId}`; } },
  };
}

/**
 * The head of the joined document, which redocly takes from the first contract. Its version is that of the SDKs, which
 * have all contracts, too.
 */
function JoinedInfo({ title, description }) {
  return {
    Info: {
      leave(info) {
        const version = readFileSync(new URL('../sdk/VERSION', import.meta.url), 'utf8').trim();
        Object.assign(info, { title, description, version });
        delete info.summary;
        delete info['x-contract'];
      },
    },
  };
}

export default () => ({
  id: 'alania',
  rules: {
    oas3: { schemas: Schemas, 'closed-requests': ClosedRequests, 'body-examples': BodyExamples, operations: Operations },
  },
  decorators: {
    oas3: { 'prefix-names': PrefixNames, 'joined-info': JoinedInfo },
  },
});
