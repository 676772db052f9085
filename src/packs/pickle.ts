import { PickleBudget } from "./pickleBudget.js";
import { PickleCursor, type PicklePlace } from "./pickleCursor.js";
import { PickleGlobal, PickleObject, PickleRecord, type PickleValue } from "./pickleValues.js";
import { type Damage, quoteName } from "./source.js";

/** Position of a pickle in a file, and its limits. */
export interface PickleOptions extends PicklePlace {
  /** @throws {Damage} for a class or function that is not on the list. */
  find(name: string): PickleGlobal;
  /** Looks up an object that is stored outside of the pickle. */
  persistent?(id: PickleValue): PickleValue;
}

/** Longest name of a class or function, in UTF-16 units. */
const maxName = 1000;

/**
 * Reads one pickle of protocol 2 to 5 with a machine of our own. It knows the opcodes that build data; a class or function is
 * only ever one of `find`'s builders, so nothing of the file runs. Steps, memory, texts and integers are bounded.
 * Source: CPython, `Lib/pickletools.py` (meaning of the opcodes).
 * @returns the value, and where the pickle ends.
 * @throws {Damage} naming the class or opcode that is refused.
 */
export function readPickle(options: PickleOptions): { value: PickleValue; end: number } {
  const cursor = new PickleCursor(options);
  const makeDamage = (what: string): Damage => cursor.makeDamage(what);
  const memo = new Map<number, PickleValue>();
  const marks: PickleValue[][] = [];
  let stack: PickleValue[] = [];
  const budget = new PickleBudget(options.end - options.at, makeDamage);
  const push = (value: PickleValue): void => void stack.push(value);
  const pop = (): PickleValue => {
    if (stack.length === 0) throw makeDamage("nothing on the stack");
    return stack.pop()!;
  };
  const top = (): PickleValue => {
    if (stack.length === 0) throw makeDamage("nothing on the stack");
    return stack.at(-1)!;
  };
  const popMark = (): PickleValue[] => {
    const above = stack;
    const below = marks.pop();
    if (!below) throw makeDamage("no mark on the stack");
    stack = below;
    return above;
  };
  const tuple = (count: number): void => {
    if (stack.length < count) throw makeDamage("nothing on the stack");
    budget.allocate();
    push(stack.splice(stack.length - count, count));
  };
  const list = (value: PickleValue): PickleValue[] => {
    if (!Array.isArray(value)) throw makeDamage("arguments that are no tuple");
    return value;
  };
  const recall = (key: number): void => {
    if (!memo.has(key)) throw makeDamage(`no memory ${key}`);
    push(memo.get(key)!);
  };
  const build = (callee: PickleValue, args: PickleValue[]): void => {
    if (!(callee instanceof PickleGlobal)) throw makeDamage("a call of something that is no class");
    budget.call(args);
    push(callee.build(args));
  };
  const append = (values: readonly PickleValue[]): void => {
    const target = top();
    if (target instanceof Set) for (const value of values) target.add(value);
    else if (Array.isArray(target)) for (const value of values) target.push(value);
    else if (target instanceof PickleRecord) for (const value of values) target.items.push(value);
    else throw makeDamage("items for something that is no list");
  };
  const setItems = (values: readonly PickleValue[]): void => {
    const found = top();
    const target = found instanceof PickleRecord ? found.entries : found;
    if (!(target instanceof Map) || values.length % 2 === 1)
      throw makeDamage("entries for something that is no dict");
    for (let at = 0; at < values.length; at += 2) target.set(values[at]!, values[at + 1]!);
  };
  const dict = (values: readonly PickleValue[]): void => {
    budget.allocate();
    push(new Map());
    setItems(values);
  };

  for (;;) {
    budget.step();
    const code = cursor.byte();
    switch (code) {
      case 0x80: {
        // PROTO
        const protocol = cursor.byte();
        if (protocol < 2 || protocol > 5) throw makeDamage(`protocol ${protocol}; 2 to 5 are read`);
        break;
      }
      case 0x95: // FRAME
        cursor.long();
        break;
      case 0x2e: // STOP
        return { value: pop(), end: cursor.at };
      case 0x28: // MARK
        budget.allocate();
        marks.push(stack);
        stack = [];
        break;
      case 0x30: // POP
        if (stack.length === 0) popMark();
        else pop();
        break;
      case 0x31: // POP_MARK
        popMark();
        break;
      case 0x32: // DUP
        push(top());
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4a: // BININT
        push(cursor.int());
        break;
      case 0x4b: // BININT1
        push(cursor.byte());
        break;
      case 0x4d: // BININT2
        push(cursor.short());
        break;
      case 0x8a: // LONG1
        push(cursor.integer(cursor.byte()));
        break;
      case 0x8b: // LONG4
        push(cursor.integer(cursor.word()));
        break;
      case 0x47: // BINFLOAT
        push(cursor.take(8).readDoubleBE());
        break;
      case 0x58: // BINUNICODE
        push(cursor.text(cursor.word()));
        break;
      case 0x8c: // SHORT_BINUNICODE
        push(cursor.text(cursor.byte()));
        break;
      case 0x8d: // BINUNICODE8
        push(cursor.text(cursor.long()));
        break;
      case 0x54: // BINSTRING, of Python 2
        push(cursor.text(cursor.word(), "latin1"));
        break;
      case 0x55: // SHORT_BINSTRING, of Python 2
        push(cursor.text(cursor.byte(), "latin1"));
        break;
      case 0x42: // BINBYTES
        push(cursor.bytes(cursor.word()));
        break;
      case 0x43: // SHORT_BINBYTES
        push(cursor.bytes(cursor.byte()));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        push(cursor.bytes(cursor.long()));
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        budget.allocate();
        push([]);
        break;
      case 0x6c: // LIST
      case 0x74: // TUPLE
        push(popMark());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        tuple(code - 0x84);
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        append(popMark());
        break;
      case 0x7d: // EMPTY_DICT
        dict([]);
        break;
      case 0x64: // DICT
        dict(popMark());
        break;
      case 0x73: {
        // SETITEM
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        setItems(popMark());
        break;
      case 0x8f: // EMPTY_SET
        budget.allocate();
        push(new Set());
        break;
      case 0x91: {
        // FROZENSET
        const elements = popMark();
        budget.allocate(elements.length);
        push(new Set(elements));
        break;
      }
      case 0x68: // BINGET
        recall(cursor.byte());
        break;
      case 0x6a: // LONG_BINGET
        recall(cursor.word());
        break;
      case 0x71: // BINPUT
        memo.set(cursor.byte(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(cursor.word(), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x63: // GLOBAL
        push(options.find(`${cursor.line()}.${cursor.line()}`));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const name = pop();
        const module = pop();
        if (typeof module !== "string" || typeof name !== "string")
          throw makeDamage("a class without a name");
        if (module.length + name.length > maxName) throw makeDamage(`a name of over ${maxName} letters`);
        push(options.find(`${module}.${name}`));
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = list(pop());
        build(pop(), args);
        break;
      }
      case 0x92: {
        // NEWOBJ_EX: named arguments follow the others
        const named = pop();
        const args = list(pop());
        budget.allocate(args.length);
        build(pop(), [...args, named]);
        break;
      }
      case 0x62: {
        // BUILD
        const state = pop();
        const target = top();
        if (target instanceof PickleObject) target.setState(state);
        else if (!(target instanceof Map)) throw makeDamage("a state for something that is no object");
        break;
      }
      case 0x51: // BINPERSID
        if (!options.persistent) throw makeDamage("it refers to something outside of itself");
        push(options.persistent(pop()));
        break;
      default:
        throw makeDamage(
          `opcode ${quoteName(String.fromCharCode(code))} (${code}) is none of those that hold data`,
        );
    }
  }
}
