// Makes src/contracts, src/version.ts and api.md from the bundles in openapi/dist, and gives package.json the version of
// sdk/VERSION and the names of the contracts. Run it as `make generate`; a test names a folder of other bundles and where to write. Types are of @hey-api/openapi-ts; operations, resources and the reference are
// written here. A new contract needs nothing but its bundle.
import { createClient } from '@hey-api/openapi-ts';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { camel, describe, pascal, sdkName } from './names.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [dist = `${root}/../../openapi/dist`, out = root] = process.argv.slice(2);
const header = '// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.\n\n';
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const OPEN = '__open__'; // stands for every other string in what the types are generated from
const RESERVED = ['client', 'body', 'params', 'options', 'models', 'segment', 'list'];

/** The bundle as the types are to be generated: enums are open, and only answers of success have types. */
function prepared(bundle) {
  const doc = structuredClone(bundle);
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    // One value alone is a tag, by which members of a union are told apart.
    if (Array.isArray(node.enum) && node.enum.length > 1 && [].concat(node.type).includes('string')) node.enum.push(OPEN);
    for (const [key, child] of Object.entries(node)) if (key !== 'example' && key !== 'examples' && key !== 'enum') walk(child);
  };
  for (const item of Object.values(doc.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      operation.responses = Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status.startsWith('2')));
    }
  }
  walk(doc);
  return doc;
}

async function generateModels(bundle) {
  const folder = mkdtempSync(`${tmpdir()}/alania-sdk-`);
  try {
    await createClient({ input: prepared(bundle), output: { path: folder }, plugins: ['@hey-api/typescript'], logs: { level: 'silent', file: false } });
    const types = readFileSync(`${folder}/types.gen.ts`, 'utf8').replaceAll(`'${OPEN}'`, '(string & {})');
    return header + types.replace(/^\/\/ This file is auto-generated.*\n+/, '').replace(/\nexport type ClientOptions = \{[^}]*\};\n/, '\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Contract {
  constructor(name, bundle, models) {
    this.name = name;
    this.builders = existsSync(`${out}/src/builders/${name}.ts`); // what is written by hand beside it
    this.bundle = bundle;
    this.types = new Set([...models.matchAll(/^export type (\w+)/gm)].map((m) => m[1]));
    this.operations = [];
    for (const [path, item] of Object.entries(bundle.paths)) {
      for (const method of METHODS) {
        if (item[method]) this.operations.push(this.operation(method, path, item, item[method]));
      }
    }
    this.resources = new Map();
    for (const o of this.operations) {
      if (!this.resources.has(o.resource)) this.resources.set(o.resource, { tag: o.tag, operations: [] });
      this.resources.get(o.resource).operations.push(o);
    }
    for (const [resource, { operations }] of this.resources) {
      for (const o of operations) {
        const other = operations.find((p) => p !== o && p.method === o.method);
        if (other) fail(`x-sdk of ${o.id} and ${other.id} is the same: ${o.method} of ${resource}`);
      }
    }
    this.events = Object.entries(bundle.webhooks ?? {}).map(([type, item]) => {
      const { schema } = Object.values(this.resolve(item.post.requestBody).content)[0];
      return { type, summary: item.post.summary, model: this.modelOf(schema) ?? fail(`the event ${type} of ${name} has no named schema`) };
    });
  }

  resolve(node) {
    while (node?.$ref) node = node.$ref.split('/').slice(1).reduce((n, key) => n[key.replace(/~1/g, '/').replace(/~0/g, '~')], this.bundle);
    return node;
  }

  /** The type of a schema that is a reference to one with a name. */
  modelOf(schema) {
    if (!schema?.$ref) return undefined;
    const name = schema.$ref.split('/').pop();
    return [name, pascal(name)].find((candidate) => this.types.has(candidate));
  }

  /** A type for a parameter: simple ones by themselves, others as the models have them. */
  paramType(p, owner) {
    const model = this.modelOf(p.schema);
    if (model) return `models.${model}`;
    const { type, enum: values, format } = this.resolve(p.schema);
    if (!values && ['string', 'boolean', 'integer', 'number'].includes(type)) {
      if (format === 'date-time') return 'string | Date';
      return type === 'integer' ? 'number' : type;
    }
    const kind = { query: 'query', header: 'headers', path: 'path' }[p.in];
    return `NonNullable<models.${owner}Data['${kind}']>['${p.name}']`;
  }

  operation(method, path, item, spec) {
    const id = spec.operationId;
    const Type = [id[0].toUpperCase() + id.slice(1), pascal(id)].find((name) => this.types.has(`${name}Data`)) ?? fail(`no types for ${id}`);
    const parameters = [...(item.parameters ?? []), ...(spec.parameters ?? [])].map((p) => this.resolve(p));
    // Of a POST what it makes, else the lowest status.
    const successes = Object.entries(spec.responses).filter(([status]) => status.startsWith('2'));
    const success = successes.find(([status]) => method === 'post' && status === '201') ?? successes[0];
    const answers = this.resolve(success?.[1])?.content ?? {};
    const [mediaType, answer] = Object.entries(answers)[0] ?? [];
    const body = this.resolve(spec.requestBody);
    const [bodyType, bodySchema] = Object.entries(body?.content ?? {})[0] ?? [];
    const stream = spec['x-stream'];
    const [sends, opens] = [['request', 'both'].includes(stream), ['response', 'both', 'events'].includes(stream)];
    const headers = parameters.filter((p) => p.in === 'header' && !/^(authorization|idempotency-key)$/i.test(p.name));
    return {
      id, Type, spec, path,
      http: method.toUpperCase(),
      tag: spec.tags[0],
      ...sdkName(spec),
      params: Type + 'Params',
      free: spec['x-query'] !== undefined, // it takes parameters that only who calls knows
      pathParams: [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => {
        const p = parameters.find((q) => q.in === 'path' && q.name === name);
        const variable = camel(name);
        return { variable: RESERVED.includes(variable) ? `${variable}Value` : variable, type: this.paramType(p, Type), description: p.description };
      }),
      query: parameters.filter((p) => p.in === 'query').map((p) => ({ ...p, type: this.paramType(p, Type) })),
      headers: headers.map((p) => ({ ...p, option: camel(p.name.replace(/^x-/i, '')), type: this.paramType(p, Type), fixed: this.fixed(p) })),
      keyed: parameters.some((p) => p.in === 'header' && /^idempotency-key$/i.test(p.name)),
      body: bodySchema && {
        mediaType: bodyType,
        required: body.required === true,
        type: sends ? 'Blob | ReadableStream<Uint8Array>' : this.modelOf(bodySchema.schema) ? `models.${this.modelOf(bodySchema.schema)}` : `NonNullable<models.${Type}Data['body']>`,
      },
      auth: this.auth(spec.security ?? this.bundle.security ?? []),
      scopes: [...new Set((spec.security ?? []).flatMap((s) => Object.values(s).flat()))],
      sends,
      events: stream === 'events',
      response: opens ? 'stream' : !mediaType || /[/+]json/.test(mediaType) ? 'json' : mediaType.startsWith('text/') ? 'text' : 'blob',
      result: opens ? 'ReadableStream<Uint8Array>' : !mediaType ? 'void' : !/[/+]json/.test(mediaType) ? (mediaType.startsWith('text/') ? 'string' : 'Blob')
        : this.modelOf(answer.schema) ? `models.${this.modelOf(answer.schema)}` : `models.${Type}Response`,
      pager: this.pager(method, parameters, answer?.schema, Type),
    };
  }

  /** The value of a header that the client sends by itself: one that must be sent and can have but one, and the version of the API. */
  fixed(p) {
    const schema = this.resolve(p.schema);
    const value = schema.const ?? (schema.enum?.length === 1 ? schema.enum[0] : schema.default);
    const version = p.name.toLowerCase() === this.bundle['x-version-header']?.toLowerCase();
    if ((p.required || version) && value !== undefined) return JSON.stringify(value);
    return p.required && /^x-(correlation|request)-id$/i.test(p.name) ? 'randomUUID()' : undefined;
  }

  /** The best credentials that an operation takes. */
  auth(security) {
    const kinds = security.flatMap((s) => Object.keys(s)).map((name) => {
      const { type, scheme } = this.bundle.components.securitySchemes[name];
      return type === 'oauth2' || type === 'openIdConnect' || scheme === 'bearer' ? 'bearer' : scheme === 'basic' ? 'basic' : 'none';
    });
    return ['bearer', 'basic'].find((kind) => kinds.includes(kind)) ?? 'none';
  }

  /** How a list goes on, when the operation is one: what it asks for, and what its answer has. */
  pager(method, parameters, schema, Type) {
    if (method !== 'get') return undefined;
    const has = (name) => parameters.some((p) => p.in === 'query' && p.name === name);
    const members = this.members(schema);
    const [items, list] = Object.entries(members).find(([, s]) => this.resolve(s).type === 'array') ?? [];
    if (!items || !(has('cursor') || has('page'))) return undefined;
    const item = this.modelOf(this.resolve(list).items);
    const result = this.modelOf(schema) ?? `${Type}Response`;
    const type = item ? `models.${item}` : `models.${result}['${items}'][number]`;
    if (!has('cursor')) return { type, code: `{ items: '${items}' }` };
    const find = (s) => Object.keys(this.members(s)).find((name) => /^next_?cursor$/i.test(name));
    const inside = Object.entries(members).find(([, s]) => this.resolve(s).type === 'object' && find(s));
    const cursor = find(schema) ?? (inside && `${inside[0]}.${find(inside[1])}`);
    return cursor && { type, code: `{ items: '${items}', cursor: '${cursor}' }` };
  }

  members(schema) {
    const s = this.resolve(schema);
    return Object.assign({}, ...(s?.allOf ?? []).map((part) => this.members(part)), s?.properties);
  }
}

function fail(message) {
  throw new Error(message);
}

/** A comment in the words of the bundle. */
function doc(lines, indent = '') {
  const text = lines.filter(Boolean).join('\n\n').trim().replaceAll('*/', '*\\/').split('\n');
  if (text.length === 1) return `${indent}/** ${text[0]} */\n`;
  return `${indent}/**\n${text.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

const comment = (o, indent) =>
  doc([o.spec.summary && `${o.spec.summary}.`, o.spec.description?.trim(), o.scopes.length > 0 && `Scope: ${o.scopes.map((s) => `\`${s}\``).join(', ')}.`,
    o.spec.deprecated && `@deprecated Goes on ${o.spec['x-sunset']}; use \`${o.spec['x-successor']}\`.`], indent);

const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** The parameters of a query: filter[status] is filter: {status}. */
function paramsInterface(o) {
  const flat = o.query.filter((p) => !/\[.+\]$/.test(p.name));
  const groups = new Map();
  for (const p of o.query) {
    const [, group, name] = /^(.+)\[(.+)\]$/.exec(p.name) ?? [];
    if (group) groups.set(group, [...(groups.get(group) ?? []), { ...p, name }]);
  }
  const member = (indent) => (p) => doc([p.description], indent) + `${indent}${key(p.name)}${p.required ? '' : '?'}: ${p.type};\n`;
  let code = `/** Parameters of \`${o.id}\`. */\nexport interface ${o.params} {\n` + flat.map(member('  ')).join('');
  for (const [group, list] of groups) {
    code += `  ${key(group)}${list.some((p) => p.required) ? '' : '?'}: {\n${list.map(member('    ')).join('')}  };\n`;
  }
  if (o.free) code += `${doc(['What the operation takes by other names, such as filters by the names of columns or members.'], '  ')}  [name: string]: unknown;\n`;
  return `${code}}\n\n`;
}

/** Whether an operation has parameters of a query. */
const asks = (o) => o.query.length > 0 || o.free;

function optionsInterface(o) {
  const taken = ['signal', 'timeout', 'maxRetries', 'headers', 'idempotencyKey'];
  const clash = o.headers.find((h) => taken.includes(h.option));
  if (clash) fail(`the header ${clash.name} of ${o.id} would hide the option ${clash.option}`);
  return `/** Options of \`${o.id}\`. */\nexport interface ${o.Type}Options extends RequestOptions {\n${o.headers
    .map((h) => doc([h.description, h.required && !h.fixed && 'Required, here or in the headers of the client.'], '  ') + `  ${h.option}?: ${h.type};\n`)
    .join('')}}\n\n`;
}

/** What a function and a method take, with and without types. */
function signature(o) {
  const list = o.pathParams.map((p) => [p.variable, p.variable, p.type]);
  const needed = o.query.some((p) => p.required);
  // A parameter that must be there cannot follow one that need not.
  if (o.body) list.push(['body', o.body.required || needed ? 'body' : 'body?', o.body.required || !needed ? o.body.type : `${o.body.type} | undefined`]);
  if (asks(o)) list.push(['params', needed ? 'params' : 'params?', o.params]);
  list.push(['options', 'options?', o.headers.length > 0 ? `${o.Type}Options` : 'RequestOptions']);
  return {
    typed: list.map(([, name, type]) => `${name}: ${type}`).join(', '),
    names: list.map(([name]) => name).join(', '),
    short: list.map(([, name]) => name).join(', '),
    result: o.events ? 'AsyncGenerator<ServerSentEvent, void, undefined>' : o.pager ? `PagePromise<${o.pager.type}, ${o.result}>` : `APIPromise<${o.result}>`,
  };
}

function functionOf(o) {
  const s = signature(o);
  const path = o.path.replace(/\{([^}]+)\}/g, () => '\0');
  let i = 0;
  const fields = [
    `method: '${o.http}'`,
    `path: ${o.pathParams.length > 0 ? `\`${path.replace(/\0/g, () => { const p = o.pathParams[i++]; return `\${segment('${p.variable}', ${p.variable})}`; })}\`` : `'${path}'`}`,
  ];
  if (asks(o)) fields.push('query: params');
  const commas = o.query.filter((p) => p.explode === false).map((p) => `'${p.name}'`);
  if (commas.length > 0) fields.push(`commas: [${commas.join(', ')}]`);
  if (o.headers.length > 0) {
    const value = (h) => `options?.${h.option}${/Date/.test(h.type) ? '?.toString()' : ''}${h.fixed ? ` ?? ${h.fixed}` : ''}`;
    fields.push(`headers: { ${o.headers.map((h) => `${key(h.name)}: ${value(h)}`).join(', ')} }`);
  }
  if (o.body) fields.push('body');
  if (o.body && o.body.mediaType !== 'application/json') fields.push(`type: '${o.body.mediaType}'`);
  if (o.auth !== 'bearer') fields.push(`auth: '${o.auth}'`);
  if (o.keyed) fields.push('keyed: true');
  if (o.sends) fields.push('sends: true');
  if (o.response !== 'json') fields.push(`response: '${o.response}'`);
  const request = `{ ${fields.join(', ')} }`;
  const call = o.events ? `events(client, ${request}, options)` : o.pager ? `new PagePromise(client, ${request}, options, ${o.pager.code})` : `client.request(${request}, options)`;
  return `${comment(o, '')}export function ${o.id}(client: Client, ${s.typed}): ${s.result} {\n  return ${call};\n}\n\n`;
}

function operationsFile(c) {
  const has = (test) => c.operations.some(test);
  const values = [has((o) => o.pathParams.length > 0) && 'segment', has((o) => o.headers.some((h) => h.fixed === 'randomUUID()')) && 'randomUUID'].filter(Boolean);
  return header +
    (values.length > 0 ? `import { ${values.join(', ')} } from '../../client.js';\n` : '') +
    `import type { Client, RequestOptions } from '../../client.js';\n` +
    (has((o) => o.events) ? `import { events, type ServerSentEvent } from '../../events.js';\n` : '') +
    (has((o) => o.pager) ? `import { PagePromise } from '../../pagination.js';\n` : '') +
    (has((o) => !o.pager && !o.events) ? `import type { APIPromise } from '../../promise.js';\n` : '') +
    `import type * as models from './models.js';\n\n` +
    c.operations.map((o) => (asks(o) ? paramsInterface(o) : '') + (o.headers.length > 0 ? optionsInterface(o) : '') + functionOf(o)).join('').trimEnd() + '\n';
}

const resourceClass = (resource) => `${resource[0].toUpperCase()}${resource.slice(1)}Resource`;

function resourcesFile(c) {
  const own = c.operations.flatMap((o) => [asks(o) && o.params, o.headers.length > 0 && `${o.Type}Options`]).filter(Boolean);
  const has = (test) => c.operations.some(test);
  let code = header + `import type { Client${has((o) => o.headers.length === 0) ? ', RequestOptions' : ''} } from '../../client.js';\n` +
    (c.builders ? `import { ${pascal(c.name)}Builders } from '../../builders/${c.name}.js';\n` : '') +
    (has((o) => o.events) ? `import type { ServerSentEvent } from '../../events.js';\n` : '') +
    (has((o) => o.pager) ? `import type { PagePromise } from '../../pagination.js';\n` : '') +
    (has((o) => !o.pager && !o.events) ? `import type { APIPromise } from '../../promise.js';\n` : '') +
    `import type * as models from './models.js';\nimport * as operations from './operations.js';\n` +
    (own.length > 0 ? `import type {\n${own.map((name) => `  ${name},\n`).join('')}} from './operations.js';\n` : '') + '\n';
  for (const [resource, { tag, operations }] of c.resources) {
    const description = c.bundle.tags?.find((t) => t.name === tag)?.description;
    code += `${doc([description ?? tag])}export class ${resourceClass(resource)} {\n  readonly #client: Client;\n\n  constructor(client: Client) {\n    this.#client = client;\n  }\n`;
    for (const o of operations) {
      const s = signature(o);
      code += `\n${comment(o, '  ')}  ${o.method}(${s.typed}): ${s.result} {\n    return operations.${o.id}(this.#client, ${s.names});\n  }\n`;
    }
    code += '}\n\n';
  }
  code += `${doc([c.bundle.info.summary ?? c.bundle.info.title])}export class ${pascal(c.name)}Contract${c.builders ? ` extends ${pascal(c.name)}Builders` : ''} {\n`;
  for (const [resource] of c.resources) code += `  readonly ${resource}: ${resourceClass(resource)};\n`;
  code += `\n  constructor(client: Client) {\n${c.builders ? '    super(client);\n' : ''}`;
  for (const [resource] of c.resources) code += `    this.${resource} = new ${resourceClass(resource)}(client);\n`;
  return `${code}  }\n}\n`;
}

function indexFile(c) {
  let code = header + `${doc([`${c.bundle.info.title}. ${c.bundle.info.summary ?? ''}`.trim(), '@module'])}`;
  if (c.events.length > 0) code += `import type * as models from './models.js';\n\n`;
  code += `export type * from './models.js';\nexport * from './operations.js';\nexport { ${pascal(c.name)}Contract } from './resources.js';\n`;
  if (c.builders) code += `export * from '../../builders/${c.name}.js';\n`;
  if (c.events.length > 0) {
    code += `\n/** What webhooks of this contract carry, told apart by \`type\`. New types may come: have a \`default\` branch. */\nexport type WebhookEvent =\n` +
      c.events.map((e) => `  | models.${e.model}`).join('\n') + ';\n';
  }
  return code;
}

function contractsFile(contracts) {
  return header + `import type { Client } from '../client.js';\n` +
    contracts.map((c) => `import { ${pascal(c.name)}Contract } from './${c.name}/resources.js';\n`).join('') +
    `\n/** The published contracts. */\nexport interface Contracts {\n` +
    contracts.map((c) => `${doc([c.bundle.info.summary ?? c.bundle.info.title], '  ')}  readonly ${camel(c.name)}: ${pascal(c.name)}Contract;\n`).join('') +
    `}\n\n/** Makes the contracts of a client. */\nexport function contracts(client: Client): Contracts {\n  return {\n` +
    contracts.map((c) => `    ${camel(c.name)}: new ${pascal(c.name)}Contract(client),\n`).join('') + `  };\n}\n`;
}

function reference(contracts, version) {
  let text = `# Reference of @alania/sdk ${version}\n\nGenerated from the OpenAPI bundles. \`client\` is \`new Alania({…})\`; each method is a function of \`@alania/sdk/<contract>\` too, with a client as its first argument.\n`;
  for (const c of contracts) {
    text += `\n## ${c.bundle.info.title} ${c.bundle.info.version}\n\n${c.bundle.info.summary ?? ''}\n\nFunctions and types are in \`@alania/sdk/${c.name}\`.\n`;
    for (const [resource, { tag, operations }] of c.resources) {
      text += `\n### client.${camel(c.name)}.${resource}\n\n${describe(c.bundle.tags?.find((t) => t.name === tag)?.description)}\n`;
      for (const o of operations) {
        const s = signature(o);
        const plain = (type) => type.replaceAll('models.', '');
        text += `\n#### ${o.method}(${s.short})\n\n${o.spec.deprecated ? `**Deprecated**, goes on ${o.spec['x-sunset']}; use \`${o.spec['x-successor']}\`. ` : ''}${o.spec.summary}.\n\n`;
        text += `- \`${o.http} ${o.path}\`, function \`${o.id}\`\n`;
        if (o.body) text += `- body: \`${plain(o.body.type)}\`${o.body.required ? '' : ', optional'}\n`;
        if (o.query.length > 0) text += `- params: ${o.query.map((p) => `\`${p.name}\`${p.required ? ' (required)' : ''}`).join(', ')}\n`;
        if (o.headers.length > 0) text += `- options: ${o.headers.map((h) => `\`${h.option}\``).join(', ')}\n`;
        text += `- result: \`${plain(s.result)}\`\n`;
        if (o.scopes.length > 0) text += `- scope: ${o.scopes.map((x) => `\`${x}\``).join(', ')}\n`;
        else if (o.auth === 'none') text += `- public\n`;
        if (o.keyed) text += `- safe to repeat: sends an \`Idempotency-Key\`\n`;
      }
    }
    if (c.events.length > 0) {
      text += `\n### Events\n\n| type | what happened | TypeScript |\n|---|---|---|\n` + c.events.map((e) => `| \`${e.type}\` | ${e.summary} | \`${e.model}\` |\n`).join('');
    }
  }
  return text;
}

const names = readdirSync(dist).filter((f) => f.endsWith('.json') && f !== 'openapi.json').map((f) => f.slice(0, -5)).sort();
const contracts = [];
rmSync(`${out}/src/contracts`, { recursive: true, force: true });
for (const name of names) {
  const bundle = JSON.parse(readFileSync(`${dist}/${name}.json`, 'utf8'));
  const folder = `${out}/src/contracts/${name}`;
  mkdirSync(folder, { recursive: true });
  const models = await generateModels(bundle);
  const contract = new Contract(name, bundle, models);
  writeFileSync(`${folder}/models.ts`, models);
  writeFileSync(`${folder}/operations.ts`, operationsFile(contract));
  writeFileSync(`${folder}/resources.ts`, resourcesFile(contract));
  writeFileSync(`${folder}/index.ts`, indexFile(contract));
  contracts.push(contract);
}
writeFileSync(`${out}/src/contracts/index.ts`, contractsFile(contracts));

const version = readFileSync(`${root}/../VERSION`, 'utf8').trim();
const urls = contracts.flatMap((c) => c.bundle.servers ?? []).map((s) => s.url);
const flows = contracts.flatMap((c) => Object.values(c.bundle.components.securitySchemes ?? {})).map((s) => s.flows?.clientCredentials?.tokenUrl);
writeFileSync(`${out}/src/version.ts`, `${header}/** The version of this package. */
export const version = '${version}';

/** The production gateway. */
export const defaultBaseURL = '${urls.find((url) => url.startsWith('https://')) ?? fail('no server has an absolute URL')}';

/** Where clients get tokens. */
export const tokenPath = '${flows.find(Boolean) ?? fail('no scheme has client credentials')}';
`);
writeFileSync(`${out}/api.md`, reference(contracts, version));
copyFileSync(`${root}/../../LICENSE`, `${out}/LICENSE`);

for (const file of out === root ? ['package.json', 'package-lock.json'] : []) {
  const old = readFileSync(`${root}/${file}`, 'utf8');
  const json = JSON.parse(old);
  json.version = version;
  if (json.packages?.['']) json.packages[''].version = version;
  if (json.typesVersions) {
    // For TypeScript's old way to find modules, which does not read exports.
    const types = { webhooks: ['./dist/cjs/webhooks.d.ts'], ...Object.fromEntries(names.map((name) => [name, [`./dist/cjs/contracts/${name}/index.d.ts`]])) };
    json.typesVersions = { '*': types };
  }
  const text = `${JSON.stringify(json, null, 2)}\n`;
  if (text !== old) writeFileSync(`${root}/${file}`, text); // make goes by the time of the lock
}
