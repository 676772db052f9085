import { InputError } from "../errors.js";
import { parseTable } from "../files/index.js";

/** A table of texts. */
export interface Table {
  readonly header: readonly string[];
  /** Every row has as many fields as the header. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Like `parseTable`, but refuses rows whose number of fields differs from the header's.
 * @param path names the text in errors.
 * @throws {InputError} with file and line when a quote is not closed or a row has another number of fields.
 */
export function parseCsv(text: string, path: string): Table {
  const { header, rows } = parseTable(text, path);
  for (const { fields, line } of rows)
    if (fields.length !== header.length)
      throw new InputError(
        `${path}:${line}: has ${fields.length} fields, the header ${header.length}; quote fields with commas`,
      );
  return { header, rows: rows.map(({ fields }) => fields) };
}
