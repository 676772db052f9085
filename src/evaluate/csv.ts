import { InputError } from "../errors.js";

/** A table of texts. */
export interface Table {
  readonly header: readonly string[];
  /** Every row has as many fields as the header. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads comma-separated values: fields in double quotes may hold commas, line breaks and doubled quotes.
 * Source: RFC 4180.
 * @param path names the text in errors.
 * @throws {InputError} with file and line when a quote is not closed or a row has another number of fields.
 */
export function parseCsv(text: string, path: string): Table {
  const records: { fields: string[]; line: number }[] = [];
  let [fields, field, line, start]: [string[], string, number, number] = [[], "", 1, 1];
  let quoted = false;
  const endField = (): void => {
    fields.push(field);
    field = "";
  };
  const endRecord = (): void => {
    endField();
    if (fields.length > 1 || fields[0] !== "") records.push({ fields, line: start });
    fields = [];
  };
  const body = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < body.length; at++) {
    const sign = body[at]!;
    if (sign === "\n") line++;
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (body[at + 1] === '"') field += body[++at]!;
      else quoted = false;
    } else if (sign === '"' && field === "") quoted = true;
    else if (sign === ",") endField();
    else if (sign === "\n") {
      endRecord();
      start = line;
    } else if (sign !== "\r") field += sign;
  }
  if (quoted)
    throw new InputError(`${path}:${start}: a quote is not closed; put " before the end of the field`);
  endRecord();
  const [head, ...rest] = records;
  if (!head) throw new InputError(`${path}: is empty; the first line names the columns, one of them "path"`);
  for (const record of rest)
    if (record.fields.length !== head.fields.length)
      throw new InputError(
        `${path}:${record.line}: has ${record.fields.length} fields, the header ${head.fields.length}; quote fields with commas`,
      );
  return { header: head.fields.map((name) => name.trim()), rows: rest.map((record) => record.fields) };
}
