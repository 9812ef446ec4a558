// The rules as a preprocessor of redocly: it runs before references are resolved, so what it adds may refer to other
// files like anything that is written by hand.

import { dirname, relative, sep } from 'node:path';

import { addHeaders, complete, operations } from './rules.mjs';

/**
 * Reads x-rules, x-examples and x-paths of the root, and takes them out.
 *
 * - x-rules: the contract's rules.yaml, and the responses that it names. A document without it, such as a bundle, is left
 *   alone.
 * - x-examples: files of examples, each by the name of its schema.
 * - x-paths: files of path items, each by its URL, in the order of the bundle.
 */
function Rules() {
  return {
    Root(root, { resolve, location }) {
      const { 'x-rules': given, 'x-examples': exampleFiles = [], 'x-paths': pathFiles = [] } = root;
      if (!given) return;
      const rootFile = location.source.absoluteRef;
      const read = (ref, from = rootFile) => {
        const { node, location: at } = resolve(ref, from);
        if (!node) throw new Error(`${from} names ${ref?.$ref}, which cannot be read`);
        return { node, file: at.source.absoluteRef };
      };
      const rules = read(given.operations).node;
      const examples = Object.assign({}, ...exampleFiles.map((ref) => read(ref).node));
      for (const response of Object.values(read(given.responses).node)) {
        addHeaders(response, [...rules.headers.always, ...rules.headers.limited], '');
      }
      for (const ref of pathFiles) {
        const { node: items, file } = read(ref);
        const way = relative(dirname(file), dirname(rootFile)).split(sep).join('/');
        operations(items, (url, operation, method) => {
          try {
            complete(url, operation, way && `${way}/`, { rules, examples }, (inside) => read(inside, file).node, method);
          } catch (error) {
            throw new Error(`${file}: ${method} ${url}: ${error.message}`);
          }
        });
        for (const url of Object.keys(items)) {
          if (!url.startsWith('/')) throw new Error(`${file}: ${url}: a path item has its URL for a name`);
          root.paths[url] = { $ref: `${ref.$ref}#/${url.replaceAll('~', '~0').replaceAll('/', '~1')}` };
        }
      }
      for (const key of ['x-rules', 'x-examples', 'x-paths']) delete root[key];
    },
  };
}

export default () => ({ id: 'rules', preprocessors: { oas3: { operations: Rules } } });
