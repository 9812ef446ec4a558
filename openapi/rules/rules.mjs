// What the operations of a contract have in common, added by rule before the bundle is made, so that nobody writes it
// and nobody forgets it. The rules are in the contract's rules.yaml; nothing here knows a contract.

/** The methods of a path item, in the order of OpenAPI. */
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Those that change something. */
const mutations = ['put', 'post', 'delete', 'patch'];

/** The last step of a reference: responses.yaml#/NotFound is NotFound. */
export const nameOf = (ref) => ref.split('/').at(-1);

/**
 * The groups of rules.yaml that an operation is in. Each stands for responses, headers, or both.
 *
 * - always: every operation
 * - limited: it counts against a rate limit
 * - security: it takes credentials
 * - caller: it needs them
 * - public: it can be called without any
 * - mutation: it needs credentials, and its method changes something
 * - scopes: one of its alternatives names a scope, or it needs a capability of the caller's plan
 * - resource: it names a resource, in the path or in a header of `resourceHeaders`
 * - body: it takes a body
 * - idempotency: it takes the parameter IdempotencyKey, or another whose name begins so
 * - deprecated
 */
export function groups(url, operation, rules, method = 'get') {
  const security = operation.security ?? [];
  const caller = security.length > 0 && !security.some((alternative) => Object.keys(alternative).length === 0);
  const parameters = (operation.parameters ?? []).map((parameter) => (parameter.$ref ? nameOf(parameter.$ref) : parameter.name));
  const has = {
    always: true,
    limited: operation['x-rate-limit'] !== 'none',
    security: security.length > 0,
    caller,
    public: !caller,
    mutation: caller && mutations.includes(method),
    scopes:
      security.some((alternative) => Object.values(alternative).some((scopes) => scopes.length > 0)) ||
      operation['x-capability'] !== undefined,
    resource: url.includes('{') || parameters.some((name) => (rules.resourceHeaders ?? []).includes(name)),
    body: operation.requestBody !== undefined,
    idempotency: parameters.some((name) => name.startsWith('IdempotencyKey')),
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

/** The parameters that an operation has by rule, by their names in parameters.yaml. */
export function parameters(url, operation, rules, method) {
  const { omit = [], ...unknown } = operation['x-parameters'] ?? {};
  for (const key of Object.keys(unknown)) throw new Error(`x-parameters has no ${key}: it takes omit`);
  const found = groups(url, operation, rules, method).flatMap((group) => rules.parameters?.[group] ?? []);
  for (const name of omit) {
    if (!found.includes(name)) throw new Error(`x-parameters omits ${name}, which the operation does not have by rule`);
  }
  return found.filter((name) => !omit.includes(name));
}

/** What an operation with x-list may say there. */
const listMembers = ['filter', 'common', 'sort', 'fields', 'include', 'examples'];

/**
 * The parameters that x-list makes, by the steps in `lists` of rules.yaml, and the keys that the server checks its tables
 * against. `resolve` reads a reference of the operation's file.
 *
 * x-list has `sort`, `fields` and `include`, which are keys; `filter`, filters of the operation's own by name, each with
 * `description`, `schema`, `example`, and `field` where it looks at a field of another name; `common`, filters by their
 * field that rules.yaml has parameters for; and `examples` of parameters. `sort` may be a reference to an enumeration.
 *
 * A step is `for` a member of x-list, or without that for every list, maybe only `with` or `without` another, and has one of
 *
 * - parameters: names in parameters.yaml, or lists of them by key
 * - name: of a parameter for each filter, with {key}
 * - parameter: one, in which {keys} are all keys and {example} is an example
 */
export function list(operation, folder, rules, resolve) {
  const said = operation['x-list'];
  for (const member of Object.keys(said)) if (!listMembers.includes(member)) throw new Error(`x-list has no ${member}`);
  const enumeration = said.sort?.$ref && resolve(said.sort);
  const keys = { ...said, sort: enumeration ? [...new Set(enumeration.enum.map((key) => key.replace(/^-/, '')))] : said.sort };
  const shared = (name) => ({ $ref: `${folder}parameters.yaml#/${name}` });
  const fill = (text, member) => text.replace('{keys}', keys[member].map((key) => `\`${key}\``).join(', '))
    .replace('{example}', said.examples?.[member] ?? keys[member].join(','));
  const parameters = (rules.lists ?? []).flatMap((step) => {
    const member = step.for;
    if ((member && !said[member]) || (step.with && !said[step.with]) || (step.without && said[step.without])) return [];
    if (Array.isArray(step.parameters)) return step.parameters.map(shared);
    if (step.parameters) {
      return said[member].flatMap((key) => (step.parameters[key] ?? missing(`x-list.${member} has ${key}, which rules.yaml does not know`)).map(shared));
    }
    if (step.name) {
      return Object.entries(said[member]).map(([key, { field, ...parameter }]) => ({ name: step.name.replace('{key}', key), in: 'query', ...parameter }));
    }
    const { description, schema, example, ...rest } = step.parameter;
    return [{ ...rest, description: fill(description, member), schema: said[member].$ref ? said[member] : structuredClone(schema), example: fill(example, member) }];
  });
  const fields = [...Object.entries(said.filter ?? {}).map(([key, { field }]) => field ?? key), ...(said.common ?? [])];
  const checked = { sort: keys.sort, filter: fields.length > 0 ? [...new Set(fields)] : undefined, fields: said.fields, include: said.include };
  return { parameters, checked: Object.fromEntries(Object.entries(checked).filter(([, value]) => value)) };
}

function missing(message) {
  throw new Error(message);
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

/** Adds parameters after those that the operation has, which stand before its body and its responses. */
function addParameters(operation, parameters) {
  const all = [...(operation.parameters ?? []), ...parameters];
  const { requestBody, responses: answers } = operation;
  for (const key of ['parameters', 'requestBody', 'responses']) delete operation[key];
  Object.assign(operation, { parameters: all }, requestBody && { requestBody }, answers && { responses: answers });
}

/** The security of an operation with x-scopes: each scheme of `access` in rules.yaml, the scopes with the first. */
function addSecurity(operation, rules) {
  const scopes = operation['x-scopes'];
  if (!scopes) return;
  if (!rules.access || operation.security) throw new Error('x-scopes stands for the security of an operation, in a contract whose rules.yaml has access');
  operation.security = rules.access.map((scheme, i) => ({ [scheme]: i === 0 ? scopes : [] }));
  delete operation['x-scopes'];
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
 * `folder` leads from the operation's file to that of the contract, as ../ does; `resolve` reads a reference there.
 */
export function complete(url, operation, folder, { rules, examples }, resolve, method) {
  addSecurity(operation, rules);
  const added = parameters(url, operation, rules, method);
  if (added.length > 0) addParameters(operation, added.map((name) => ({ $ref: `${folder}parameters.yaml#/${name}` })));
  if (operation['x-list']) {
    const { parameters, checked } = list(operation, folder, rules, resolve);
    addParameters(operation, parameters);
    operation['x-list'] = checked;
  }
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
  delete operation['x-parameters'];
}

/** Calls with each operation of path items: with its URL, the operation, and its method. */
export function operations(items, call) {
  for (const [url, item] of Object.entries(items)) {
    for (const method of methods) if (item[method]) call(url, item[method], method);
  }
}
