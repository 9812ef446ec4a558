// What the operations of a contract have in common, added by rule before the bundle is made, so that nobody writes it
// and nobody forgets it. The rules are in the contract's rules.yaml; nothing here knows a contract.

/** The methods of a path item, in the order of OpenAPI. */
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** The last step of a reference: responses.yaml#/NotFound is NotFound. */
export const nameOf = (ref) => ref.split('/').at(-1);

/**
 * The groups of rules.yaml that an operation is in. Each stands for responses, headers, or both.
 *
 * - always: every operation
 * - limited: it counts against a rate limit
 * - security: it needs credentials
 * - scopes: one of its alternatives names a scope
 * - resource: it names a resource, in the path or in a header of `resourceHeaders`
 * - body: it takes a body
 * - idempotency: it takes the parameter IdempotencyKey
 * - deprecated
 */
export function groups(url, operation, rules) {
  const security = operation.security ?? [];
  const parameters = (operation.parameters ?? []).map((parameter) => (parameter.$ref ? nameOf(parameter.$ref) : parameter.name));
  const has = {
    always: true,
    limited: operation['x-rate-limit'] !== 'none',
    security: security.length > 0,
    scopes: security.some((alternative) => Object.values(alternative).some((scopes) => scopes.length > 0)),
    resource: url.includes('{') || parameters.some((name) => (rules.resourceHeaders ?? []).includes(name)),
    body: operation.requestBody !== undefined,
    idempotency: parameters.includes('IdempotencyKey'),
    deprecated: operation.deprecated === true,
  };
  return Object.keys(has).filter((group) => has[group]);
}

/** The responses that an operation has by rule: status to name, in responses.yaml. */
export function responses(url, operation, rules) {
  const { add = [], omit = [], ...unknown } = operation['x-responses'] ?? {};
  for (const key of Object.keys(unknown)) throw new Error(`x-responses has no ${key}: it takes add and omit`);
  const named = Object.assign({}, ...Object.values(rules.responses));
  const found = {};
  for (const group of groups(url, operation, rules)) Object.assign(found, rules.responses[group]);
  for (const status of add) {
    if (!named[status]) throw new Error(`x-responses adds ${status}, which rules.yaml has no response for`);
    if (found[status]) throw new Error(`x-responses adds ${status}, which the operation has by rule`);
    found[status] = named[status];
  }
  for (const status of omit) {
    if (!found[status]) throw new Error(`x-responses omits ${status}, which the operation does not have by rule`);
    delete found[status];
  }
  const format = operation['x-error-format'];
  if (!format) return found;
  // Errors of another format have responses of their own. A status without one is not given.
  const own = rules.formats?.[format];
  if (!own) throw new Error(`rules.yaml has no format ${format}`);
  return Object.fromEntries(Object.keys(found).filter((status) => own[status]).map((status) => [status, own[status]]));
}

/** Puts headers before the others of a response, unless they are there. */
export function addHeaders(response, names, folder) {
  const added = Object.fromEntries(names.map((name) => [name, { $ref: `${folder}headers.yaml#/${name}` }]));
  const { description, headers, ...rest } = response;
  for (const key of Object.keys(response)) delete response[key];
  Object.assign(response, { description, headers: { ...added, ...headers } }, rest);
}

/** An example with those that it refers to: {$ref: '#/Workspace'} is the example of the schema Workspace. */
function filled(example, examples) {
  if (Array.isArray(example)) return example.map((item) => filled(item, examples));
  if (example === null || typeof example !== 'object') return example;
  if (example.$ref?.startsWith('#/')) {
    const name = nameOf(example.$ref);
    if (!(name in examples)) throw new Error(`there is no example ${name}`);
    return filled(examples[name], examples);
  }
  return Object.fromEntries(Object.entries(example).map(([name, member]) => [name, filled(member, examples)]));
}

/** Gives a body the example of its schema, unless it has one. */
function addExample(body, examples) {
  for (const media of Object.values(body?.content ?? {})) {
    const ref = media.schema?.$ref;
    if (!ref || 'example' in media || 'examples' in media) continue;
    if (nameOf(ref) in examples) media.example = filled(examples[nameOf(ref)], examples);
  }
}

/**
 * Adds to an operation what it has by rule. What it says itself is left alone.
 *
 * `folder` leads from the operation's file to that of the contract, as ../ does.
 */
export function complete(url, operation, folder, { rules, examples }) {
  const byRule = responses(url, operation, rules);
  const all = (operation.responses ??= {});
  for (const [status, name] of Object.entries(byRule)) all[status] ??= { $ref: `${folder}responses.yaml#/${name}` };
  const headers = groups(url, operation, rules).flatMap((group) => rules.headers[group] ?? []);
  for (const response of Object.values(all)) {
    if (response.$ref) continue;
    addHeaders(response, headers, folder);
    addExample(response, examples);
  }
  addExample(operation.requestBody, examples);
  delete operation['x-responses'];
}

/** Calls with each operation of path items: with its URL, the operation, and its method. */
export function operations(items, call) {
  for (const [url, item] of Object.entries(items)) {
    for (const method of methods) if (item[method]) call(url, item[method], method);
  }
}
