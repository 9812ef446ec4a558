// Names of the SDK, from those of the contracts.

/** The words of a name: getOAuthServerMetadata is get, OAuth, Server, Metadata; "A P I key" is API, key. */
export function words(name) {
  return name
    .replace(/\([^)]*\)/g, ' ')
    .replace(/\b([A-Z](?: [A-Z])+)\b/g, (letters) => letters.replaceAll(' ', ''))
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]{2,})([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
}

const capital = (word) => word[0].toUpperCase() + word.slice(1).toLowerCase();

export const pascal = (name) => words(name).map(capital).join('');

export function camel(name) {
  const text = pascal(name);
  return text[0].toLowerCase() + text.slice(1);
}

/**
 * What an operation is called in every SDK: the resource and the method of its x-sdk. The names are those of the published
 * SDKs, so they follow from nothing that may change, such as tags or the other operations.
 */
export function sdkName(operation) {
  const { resource, method } = operation['x-sdk'] ?? {};
  for (const name of [resource, method]) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name ?? '')) {
      throw new Error(`${operation.operationId} needs x-sdk: {resource: apiKeys, method: revoke}, with names like these`);
    }
  }
  return { resource, method };
}

/** A description on one line. */
export const describe = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
