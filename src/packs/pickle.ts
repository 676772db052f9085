import { PickleBudget } from "./pickleBudget.js";
import { PickleCursor, type PicklePlace } from "./pickleCursor.js";
import { PickleStack } from "./pickleStack.js";
import { PickleGlobal, PickleObject, type PickleValue } from "./pickleValues.js";
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
  const budget = new PickleBudget(options.end - options.at, makeDamage);
  const stack = new PickleStack(budget, makeDamage);
  const list = (value: PickleValue): PickleValue[] => {
    if (!Array.isArray(value)) throw makeDamage("arguments that are no tuple");
    return value;
  };
  const recall = (key: number): void => {
    if (!memo.has(key)) throw makeDamage(`no memory ${key}`);
    stack.push(memo.get(key)!);
  };
  const build = (callee: PickleValue, args: PickleValue[]): void => {
    if (!(callee instanceof PickleGlobal)) throw makeDamage("a call of something that is no class");
    budget.call(args);
    stack.push(callee.build(args));
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
        return { value: stack.pop(), end: cursor.at };
      case 0x28: // MARK
        stack.mark();
        break;
      case 0x30: // POP
        stack.discard();
        break;
      case 0x31: // POP_MARK
        stack.popMark();
        break;
      case 0x32: // DUP
        stack.push(stack.top());
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(cursor.int());
        break;
      case 0x4b: // BININT1
        stack.push(cursor.byte());
        break;
      case 0x4d: // BININT2
        stack.push(cursor.short());
        break;
      case 0x8a: // LONG1
        stack.push(cursor.integer(cursor.byte()));
        break;
      case 0x8b: // LONG4
        stack.push(cursor.integer(cursor.word()));
        break;
      case 0x47: // BINFLOAT
        stack.push(cursor.take(8).readDoubleBE());
        break;
      case 0x58: // BINUNICODE
        stack.push(cursor.text(cursor.word()));
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(cursor.text(cursor.byte()));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(cursor.text(cursor.long()));
        break;
      case 0x54: // BINSTRING, of Python 2
        stack.push(cursor.text(cursor.word(), "latin1"));
        break;
      case 0x55: // SHORT_BINSTRING, of Python 2
        stack.push(cursor.text(cursor.byte(), "latin1"));
        break;
      case 0x42: // BINBYTES
        stack.push(cursor.bytes(cursor.word()));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(cursor.bytes(cursor.byte()));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(cursor.bytes(cursor.long()));
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        budget.allocate();
        stack.push([]);
        break;
      case 0x6c: // LIST
      case 0x74: // TUPLE
        stack.push(stack.popMark());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.tuple(code - 0x84);
        break;
      case 0x61: // APPEND
        stack.append([stack.pop()]);
        break;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        stack.append(stack.popMark());
        break;
      case 0x7d: // EMPTY_DICT
        stack.pushDictionary([]);
        break;
      case 0x64: // DICT
        stack.pushDictionary(stack.popMark());
        break;
      case 0x73: {
        // SETITEM
        const value = stack.pop();
        stack.setItems([stack.pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        stack.setItems(stack.popMark());
        break;
      case 0x8f: // EMPTY_SET
        budget.allocate();
        stack.push(new Set());
        break;
      case 0x91: {
        // FROZENSET
        const elements = stack.popMark();
        budget.allocate(elements.length);
        stack.push(new Set(elements));
        break;
      }
      case 0x68: // BINGET
        recall(cursor.byte());
        break;
      case 0x6a: // LONG_BINGET
        recall(cursor.word());
        break;
      case 0x71: // BINPUT
        memo.set(cursor.byte(), stack.top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(cursor.word(), stack.top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, stack.top());
        break;
      case 0x63: // GLOBAL
        stack.push(options.find(`${cursor.line()}.${cursor.line()}`));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const name = stack.pop();
        const module = stack.pop();
        if (typeof module !== "string" || typeof name !== "string")
          throw makeDamage("a class without a name");
        if (module.length + name.length > maxName) throw makeDamage(`a name of over ${maxName} letters`);
        stack.push(options.find(`${module}.${name}`));
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = list(stack.pop());
        build(stack.pop(), args);
        break;
      }
      case 0x92: {
        // NEWOBJ_EX: named arguments follow the others
        const named = stack.pop();
        const args = list(stack.pop());
        budget.allocate(args.length);
        build(stack.pop(), [...args, named]);
        break;
      }
      case 0x62: {
        // BUILD
        const state = stack.pop();
        const target = stack.top();
        if (target instanceof PickleObject) target.setState(state);
        else if (!(target instanceof Map)) throw makeDamage("a state for something that is no object");
        break;
      }
      case 0x51: // BINPERSID
        if (!options.persistent) throw makeDamage("it refers to something outside of itself");
        stack.push(options.persistent(stack.pop()));
        break;
      default:
        throw makeDamage(
          `opcode ${quoteName(String.fromCharCode(code))} (${code}) is none of those that hold data`,
        );
    }
  }
}
