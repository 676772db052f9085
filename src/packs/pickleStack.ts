import type { PickleBudget } from "./pickleBudget.js";
import { PickleRecord, type PickleValue } from "./pickleValues.js";

/**
 * The stack of a pickle, which its marks divide. Every method throws the error of `makeDamage` where the pickle takes more than
 * the stack holds, or fills a value that is no container of that kind.
 */
export class PickleStack {
  private values: PickleValue[] = [];
  private readonly marks: PickleValue[][] = [];

  /** @param budget counts the objects that the methods create. @param makeDamage makes the error that is thrown. */
  constructor(
    private readonly budget: PickleBudget,
    private readonly makeDamage: (what: string) => Error,
  ) {}

  /** Puts a value on top. */
  push(value: PickleValue): void {
    this.values.push(value);
  }

  /** Removes and returns the value on top. */
  pop(): PickleValue {
    const value = this.top();
    this.values.pop();
    return value;
  }

  /** Returns the value on top. */
  top(): PickleValue {
    if (this.values.length === 0) throw this.makeDamage("nothing on the stack");
    return this.values.at(-1)!;
  }

  /** Sets a mark above the value on top. */
  mark(): void {
    this.budget.allocate();
    this.marks.push(this.values);
    this.values = [];
  }

  /** Removes the last mark and the values above it. @returns these values, the lowest first. */
  popMark(): PickleValue[] {
    const above = this.values;
    const below = this.marks.pop();
    if (!below) throw this.makeDamage("no mark on the stack");
    this.values = below;
    return above;
  }

  /** Removes the value on top, or the last mark if no value is above it. */
  discard(): void {
    if (this.values.length === 0) this.popMark();
    else this.pop();
  }

  /** Replaces the `count` values on top by one tuple of them. */
  tuple(count: number): void {
    if (this.values.length < count) throw this.makeDamage("nothing on the stack");
    this.budget.allocate();
    this.push(this.values.splice(this.values.length - count, count));
  }

  /** Adds values to the list, set or record on top. */
  append(values: readonly PickleValue[]): void {
    const target = this.top();
    if (target instanceof Set) for (const value of values) target.add(value);
    else if (Array.isArray(target)) for (const value of values) target.push(value);
    else if (target instanceof PickleRecord) for (const value of values) target.items.push(value);
    else throw this.makeDamage("items for something that is no list");
  }

  /** Adds entries to the dictionary or record on top. @param values keys and values alternately. */
  setItems(values: readonly PickleValue[]): void {
    const found = this.top();
    const target = found instanceof PickleRecord ? found.entries : found;
    if (!(target instanceof Map) || values.length % 2 === 1)
      throw this.makeDamage("entries for something that is no dict");
    for (let at = 0; at < values.length; at += 2) target.set(values[at]!, values[at + 1]!);
  }

  /** Puts a new dictionary on top. @param values keys and values alternately. */
  pushDictionary(values: readonly PickleValue[]): void {
    this.budget.allocate();
    this.push(new Map());
    this.setItems(values);
  }
}
