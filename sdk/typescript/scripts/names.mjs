// Names of the SDK, made from those of the contracts.

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

/** The name of the resource that a tag stands for. */
export const resourceName = (tag) => camel(tag);

const singular = (word) => word.toLowerCase().replace(/ies$/, 'y').replace(/s$/, '');

/** Whether a word is a noun, or its first three letters or more. */
const means = (word, noun) => noun === singular(word) || (singular(word).length >= 3 && noun.startsWith(singular(word)));

/**
 * The methods of a resource: operationIds without the resource, where it follows the verb. listWorkspaces of workspaces is
 * list, getWorkspaceSettings is getSettings. What would be ambiguous, or begin with a digit, keeps its operationId.
 */
export function methodNames(resource, ids) {
  const nouns = words(resource).map(singular);
  const short = ids.map((id) => {
    const [verb, ...rest] = words(id);
    // All nouns of the resource, its first (Seo of seoReports) or its last (Keys of apiKeys); Orgs are organizations.
    for (const part of [nouns, ...nouns.map((_, i) => nouns.slice(0, -i || undefined)), ...nouns.map((_, i) => nouns.slice(i))]) {
      if (part.every((noun, i) => rest[i] && means(rest[i], noun))) return verb.toLowerCase() + rest.slice(part.length).map(capital).join('');
    }
    return id;
  });
  return short.map((name, i) => (short.filter((other) => other === name).length > 1 ? ids[i] : name));
}

/** A description on one line. */
export const describe = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
