import type { Client } from '../client.js';
import type { DeleteRowsOptions, InsertRowsOptions, ListRowsOptions, UpdateRowsOptions } from '../contracts/control/operations.js';
import { deleteRows, insertRows, listRows, updateRows } from '../contracts/control/operations.js';
import type { Row, RowsDeleted, RowsInserted, RowsUpdated } from '../contracts/control/models.js';
import { AlaniaError } from '../errors.js';
import type { APIPromise } from '../promise.js';
import { changeable, Query, type QueryAnswer } from './query.js';

/** The names of columns. */
export type ColumnOf<R> = keyof R & string;

/** A column, or a path into the JSON of one, such as `data->address->>city`. */
export type PathOf<R> = ColumnOf<R> | `${ColumnOf<R>}->${string}`;

type ValueAt<R, P> = P extends keyof R ? (NonNullable<R[P]> extends string | Date ? R[P] | Date : R[P]) : string | number | boolean | null;

/** Operators that compare with one value. */
export type ValueOperator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'isdistinct';

/**
 * Operators that compare with text. In the patterns of `like` and `ilike`, `%` and `*` stand for any text and `_` for one
 * character; `match` and `imatch` take regular expressions; `startsWith`, `endsWith` and `includes` take text as it is.
 * Only the postgres engine can look for text with an asterisk; another refuses it with `OPERATOR_NOT_SUPPORTED`.
 */
export type TextOperator = 'like' | 'ilike' | 'match' | 'imatch' | 'startsWith' | 'endsWith' | 'includes' | 'fts' | 'plfts' | 'phfts' | 'wfts';

/** Operators of JSON, arrays and ranges, by PostgREST's names: contains, is contained in, overlaps, and so on. */
export type SetOperator = 'cs' | 'cd' | 'ov' | 'sl' | 'sr' | 'nxr' | 'nxl' | 'adj';

/** A column, an operator, and a value, which is a value whatever it holds. */
export type Comparison<R> = ComparisonAt<R, PathOf<R>>;

type ComparisonAt<R, P> = P extends string
  ?
      | [column: P, operator: ValueOperator, value: ValueAt<R, P>]
      | [column: P, operator: TextOperator, value: string]
      | [column: P, operator: SetOperator, value: unknown]
      | [column: P, operator: 'in', values: readonly ValueAt<R, P>[]]
  : never;

/** A comparison, or several joined: `{ or: [['price', 'lt', 10], ['stock', 'eq', 0]] }`. */
export type Condition<R> = Comparison<R> | { and: readonly Condition<R>[] } | { or: readonly Condition<R>[] } | { not: Condition<R> };

/** How a column is ordered. Null is the greatest value unless said otherwise. */
export interface RowOrder {
  descending?: boolean;
  nulls?: 'first' | 'last';
}

interface State {
  readonly select?: string;
  readonly conditions: readonly string[];
  readonly order: readonly string[];
  readonly limit?: number;
  readonly offset: number;
}

/**
 * A query of a table. Its methods return another query, so that one may be kept and used for several. Awaited, it is the first
 * page; `for await` goes over the rows of all pages.
 */
export class TableQuery<R extends object, Answer = R, Filtered extends boolean = false> extends Query<Answer, ListRowsOptions> {
  /** Whether there is a filter, without which update and delete do not compile. @internal */
  declare readonly filtered: Filtered;
  readonly #client: Client;
  readonly #workspaceId: string;
  readonly #table: string;
  readonly #state: State;

  /** @internal */
  constructor(client: Client, workspaceId: string, table: string, state: State = { conditions: [], order: [], offset: 0 }) {
    super();
    this.#client = client;
    this.#workspaceId = workspaceId;
    this.#table = table;
    this.#state = state;
  }

  #with<A, F extends boolean>(state: Partial<State>): TableQuery<R, A, F> {
    return new TableQuery<R, A, F>(this.#client, this.#workspaceId, this.#table, { ...this.#state, ...state });
  }

  /** Reads only these columns. */
  select<C extends ColumnOf<R>>(...columns: [C, ...C[]]): TableQuery<R, Pick<R, C>, Filtered> {
    return this.#with({ select: columns.map(quote).join(',') });
  }

  /**
   * Reads what a selection of PostgREST names, as it is: with other names, casts, aggregates and embedded tables, such as
   * `id,customer:customers(name)`. Nothing that a user has written belongs in it.
   */
  selectRaw<A>(selection: string): TableQuery<R, A, Filtered> {
    return this.#with({ select: selection });
  }

  /** Reads only rows that meet this condition, and those that were given before. */
  where(...comparison: Comparison<R>): TableQuery<R, Answer, true> {
    return this.#and(comparison);
  }

  /** Reads only rows that meet all of these conditions. */
  and(...conditions: [Condition<R>, ...Condition<R>[]]): TableQuery<R, Answer, true> {
    return this.#and({ and: conditions });
  }

  /** Reads only rows that meet one of these conditions. */
  or(...conditions: [Condition<R>, ...Condition<R>[]]): TableQuery<R, Answer, true> {
    return this.#and({ or: conditions });
  }

  /** Reads only rows that do not meet this condition. */
  not(condition: Condition<R>): TableQuery<R, Answer, true> {
    return this.#and({ not: condition });
  }

  #and(condition: Condition<R>): TableQuery<R, Answer, true> {
    return this.#with({ conditions: [...this.#state.conditions, conditionText(condition as Loose)] });
  }

  /** Orders by a column, after those that were given before. */
  order(column: PathOf<R>, { descending = false, nulls }: RowOrder = {}): TableQuery<R, Answer, Filtered> {
    const text = quotePath(column) + (descending ? '.desc' : '.asc') + (nulls === undefined ? '' : `.nulls${nulls}`);
    return this.#with({ order: [...this.#state.order, text] });
  }

  /** How many rows a page may have, 20 unless given. */
  limit(limit: number): TableQuery<R, Answer, Filtered> {
    return this.#with({ limit });
  }

  /** How many rows to leave out before the first. */
  offset(offset: number): TableQuery<R, Answer, Filtered> {
    return this.#with({ offset });
  }

  /** Inserts rows, all or none, and answers with them as they are stored. */
  insert(rows: Partial<R> | readonly Partial<R>[], options?: InsertRowsOptions): APIPromise<Omit<RowsInserted, 'data'> & { data: R[] }> {
    return insertRows(this.#client, this.#workspaceId, this.#table, rows as Row | Row[], {}, options) as APIPromise<Omit<RowsInserted, 'data'> & { data: R[] }>;
  }

  /** Sets columns of the rows that meet the conditions, of which there must be one. */
  update(this: TableQuery<R, Answer, true>, changes: Partial<R>, options?: UpdateRowsOptions): APIPromise<RowsUpdated> {
    return this.#update(changes, false, options);
  }

  /** Sets columns of all rows that meet the conditions, and of every row without one. */
  updateAll(changes: Partial<R>, options?: UpdateRowsOptions): APIPromise<RowsUpdated> {
    return this.#update(changes, true, options);
  }

  /** Deletes the rows that meet the conditions, of which there must be one. */
  delete(this: TableQuery<R, Answer, true>, options?: DeleteRowsOptions): APIPromise<RowsDeleted> {
    return this.#delete(false, options);
  }

  /** Deletes all rows that meet the conditions, and every row without one. */
  deleteAll(options?: DeleteRowsOptions): APIPromise<RowsDeleted> {
    return this.#delete(true, options);
  }

  #update(changes: Partial<R>, all: boolean, options?: UpdateRowsOptions): APIPromise<RowsUpdated> {
    return updateRows(this.#client, this.#workspaceId, this.#table, changes as Row, this.#change(all), options);
  }

  #delete(all: boolean, options?: DeleteRowsOptions): APIPromise<RowsDeleted> {
    return deleteRows(this.#client, this.#workspaceId, this.#table, this.#change(all), options);
  }

  #change(all: boolean): { and?: string; all?: boolean } {
    const { conditions, order, limit, offset } = this.#state;
    changeable(conditions.length > 0, all, order.length > 0 || limit !== undefined || offset > 0);
    return conditions.length > 0 ? this.#filter() : { all: true };
  }

  /** All conditions are in one parameter, where the names of columns and the values are in quotes. */
  #filter(): { and?: string } {
    const { conditions } = this.#state;
    return conditions.length > 0 ? { and: `(${conditions.join(',')})` } : {};
  }

  /** @internal */
  protected override read(skipped: number, options: ListRowsOptions | undefined): APIPromise<QueryAnswer<Answer>> {
    const { select, order, limit, offset } = this.#state;
    const params = { ...this.#filter(), select, order: order.join(',') || undefined, limit, offset: offset + skipped || undefined };
    return listRows(this.#client, this.#workspaceId, this.#table, params, options) as unknown as APIPromise<QueryAnswer<Answer>>;
  }
}

/** Begins a query of a table whose rows have the type that is given. */
export function table<R extends object = Row>(client: Client, workspaceId: string, name: string): TableQuery<R> {
  return new TableQuery<R>(client, workspaceId, name);
}

type Loose = readonly [string, string, unknown] | { and: readonly Loose[] } | { or: readonly Loose[] } | { not: Loose };

const isList = (condition: Loose): condition is readonly [string, string, unknown] => Array.isArray(condition);

function conditionText(condition: Loose): string {
  if (isList(condition)) return comparisonText(...condition);
  if ('not' in condition) return `not.and(${conditionText(condition.not)})`;
  const [word, conditions] = 'or' in condition ? ['or', condition.or] : ['and', condition.and];
  if (!Array.isArray(conditions) || conditions.length === 0) throw new AlaniaError(`${word} needs conditions.`);
  return `${word}(${conditions.map(conditionText).join(',')})`;
}

const operators = /^(eq|neq|gte?|lte?|isdistinct|i?like|i?match|startsWith|endsWith|includes|(pl|ph|w)?fts|cs|cd|ov|sl|sr|nxr|nxl|adj|in)$/;

function comparisonText(column: string, operator: string, value: unknown): string {
  const path = quotePath(column);
  if (!operators.test(operator)) throw new AlaniaError(`There is no operator ${operator}.`);
  if (operator === 'in') {
    if (!Array.isArray(value)) throw new AlaniaError(`${column}: in compares with a list.`);
    const some = value.filter((v) => v !== null).map((v) => quote(valueText(column, v)));
    // A list of one empty text would be no list.
    const text = some.length === 1 ? `${path}.eq.${some[0]}` : `${path}.in.(${some.join(',')})`;
    return some.length === value.length ? text : `or(${text},${path}.is.null)`;
  }
  if (value === null) {
    if (operator === 'eq') return `${path}.is.null`;
    if (operator === 'neq') return `${path}.not.is.null`;
    throw new AlaniaError(`${column}: ${operator} does not compare with null.`);
  }
  const text = valueText(column, value);
  const [before, after] = { startsWith: ['', '%'], endsWith: ['%', ''], includes: ['%', '%'] }[operator] ?? [];
  if (before === undefined) return `${path}.${operator}.${quote(text)}`;
  if (!text.includes('*')) return `${path}.like.${quote(before + text.replace(/[\\%_]/g, '\\$&') + after)}`;
  // An asterisk stands for any text in a pattern of like, whatever is before it.
  const pattern = (before ? '' : '^') + text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&') + (after ? '' : '$');
  return `${path}.match.${quote(pattern)}`;
}

function valueText(column: string, value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  // A forgotten value must not become the text "undefined".
  if (value === null || !/^(string|number|bigint|boolean)$/.test(typeof value)) throw new AlaniaError(`${column} is compared with no value.`);
  return String(value);
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** Quotes the names of a path, and leaves its arrows and the indexes of lists. */
function quotePath(path: string): string {
  return path.split(/(->>?)/).map((part, i) => (i % 2 === 1 || (i > 0 && /^-?\d+$/.test(part)) ? part : quote(part))).join('');
}
