import type { Random } from "../../src/tensor/index.js";
import { global, opcodes, text, word } from "./pickles.js";

/** What a pickle's machine has on its stack, as far as the grammar has to know. */
type Kind = "any" | "text" | "tuple" | "list" | "dict" | "set" | "class";

const classes = [
  ["collections", "OrderedDict"],
  ["torch._utils", "_rebuild_tensor_v2"],
  ["torch._utils", "_rebuild_parameter"],
  ["torch.nn.modules.linear", "Linear"],
  ["torch", "FloatStorage"],
  ["torch", "Size"],
  ["_codecs", "encode"],
  ["builtins", "set"],
  ["os", "system"],
] as const;

/**
 * A pickle of about `size` bytes whose opcodes find on the stack what they take, most of the time: lists, dicts and calls that
 * hold one another, made of values that are remembered and repeated.
 */
export function nestedPickle(random: Random, size: number): Buffer {
  const parts: Buffer[] = [opcodes("\x80\x04")];
  const memo: Kind[] = [];
  const marks: Kind[][] = [];
  let stack: Kind[] = [];
  let length = 0;
  const write = (...pieces: Parameters<typeof opcodes>): void => {
    parts.push(opcodes(...pieces));
    length += parts.at(-1)!.length;
  };
  const push = (kind: Kind, ...pieces: Parameters<typeof opcodes>): void => {
    write(...pieces);
    stack.push(kind);
  };
  const closeMark = (): Kind[] => {
    const above = stack;
    stack = marks.pop()!;
    return above;
  };
  const choices: (() => unknown)[] = [
    () => push("any", "N"),
    () => push("any", "K", random.integer(256)),
    () => push("any", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"),
    () => push("text", text("x".repeat(random.integer(40)))),
    () => push("list", "]"),
    () => push("dict", "}"),
    () => push("tuple", ")"),
    () => push("set", "\x8f"),
    () => {
      const [module, name] = classes[random.integer(random.integer(20) === 0 ? classes.length : 4)]!;
      push("class", global(module, name));
    },
    () => {
      write("(");
      marks.push(stack);
      stack = [];
    },
    () => {
      if (marks.length === 0) return false;
      closeMark();
      push("tuple", "t");
    },
    () => {
      const kind = marks.at(-1)?.at(-1);
      if (kind !== "list" && kind !== "set") return false;
      closeMark();
      write(kind === "list" ? "e" : "\x90");
    },
    () => {
      if (marks.at(-1)?.at(-1) !== "dict" || stack.length % 2 === 1) return false;
      closeMark();
      write("u");
    },
    () => {
      const count = 1 + random.integer(3);
      if (stack.length < count) return false;
      stack.splice(-count);
      push("tuple", 0x84 + count);
    },
    () => {
      if (stack.at(-2) !== "list") return false;
      stack.pop();
      write("a");
    },
    () => {
      if (stack.at(-3) !== "dict") return false;
      stack.splice(-2);
      write("s");
    },
    () => {
      if (stack.at(-2) !== "class" || stack.at(-1) !== "tuple") return false;
      stack.splice(-2);
      push("any", random.integer(2) === 0 ? "R" : "\x81");
    },
    () => {
      if (stack.length === 0) return false;
      memo.push(stack.at(-1)!);
      write("\x94");
    },
    () => {
      if (memo.length === 0) return false;
      const at = random.integer(memo.length);
      const repeats = 1 + random.integer(30);
      for (let turn = 0; turn < repeats; turn++) push(memo[at]!, "j", word(at));
    },
    () => {
      if (stack.length === 0) return false;
      stack.push(stack.at(-1)!);
      write("2");
    },
    () => {
      if (stack.length === 0) return false;
      stack.pop();
      write("0");
    },
  ];
  while (length < size) choices[random.integer(choices.length)]!();
  while (marks.length > 0) {
    closeMark();
    push("tuple", "t");
  }
  if (stack.length === 0) push("dict", "}");
  write(".");
  return Buffer.concat(parts);
}
