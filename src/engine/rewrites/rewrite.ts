import { Graph, type Node, type Value, listLiveNodes } from "../graph.js";
import type { Recording } from "../record.js";

/** Context of a rule, in addition to its node. */
export interface RewriteScope {
  /** The graph being built. */
  readonly graph: Graph;
  /** Returns how many nodes and outputs of the recording read a rewritten value. */
  uses(value: Value): number;
  /** Finds the rewritten value of an operator on these rewritten inputs, where the recording has one. */
  find(operator: string, input: Value): Value | undefined;
  /** Lets nodes that come later read another value, of equal shape and type, in the place of this one. */
  replace(value: Value, by: Value): void;
}

/**
 * A rule that replaces a node by an equivalent, cheaper value. It gets a node whose inputs are already rewritten and returns a
 * value of equal shape and type that replaces the node's, or nothing when it does not apply. All rules are applied to the new value.
 */
export interface Rewrite {
  readonly name: string;
  apply(node: Node, scope: RewriteScope): Value | undefined;
}

/** Returns the node that makes a value, if it is of that operator. */
export function producerOf(value: Value | undefined, operator: string): Node | undefined {
  return value?.producer?.operator === operator ? value.producer : undefined;
}

/** Builds the recording again, node by node, inputs first; the first rule that applies decides what becomes of a node. */
export function rewrite({ inputs, outputs }: Recording, rules: readonly Rewrite[]): Recording {
  const graph = new Graph();
  const replacements = new Map<number, Value>();
  const nodes = listLiveNodes(Object.values(outputs));
  const counts = countUses(nodes, Object.values(outputs));
  const uses = new Map<number, number>();
  const replaced = new Map<number, Value>();
  const readers = new Map<string, Value>();
  const carry = (old: Value): Value => {
    const known = replacements.get(old.id);
    if (known) return replaced.get(known.id) ?? known;
    const value = old.constant ? graph.addConstant(old.constant, old.dtype) : graph.addInput(old.name!, old);
    keep(old, value);
    return value;
  };
  const keep = (old: Value, value: Value): void => {
    replacements.set(old.id, value);
    uses.set(value.id, (uses.get(value.id) ?? 0) + (counts.get(old.id) ?? 0));
  };
  const scope: RewriteScope = {
    graph,
    uses: (value) => uses.get(value.id) ?? 0,
    find: (operator, input) => readers.get(`${operator} ${input.id}`),
    replace: (value, by) => void replaced.set(value.id, by),
  };
  const applied = (node: Node): Value | undefined => {
    let result: Value | undefined;
    for (const rule of rules) if ((result = rule.apply(node, scope))) break;
    const next = result?.producer;
    // The rules were already applied to a value that is in use.
    return next && !uses.has(result!.id) ? (applied(next) ?? result) : result;
  };
  for (const [name, value] of Object.entries(inputs))
    if (!replacements.has(value.id)) replacements.set(value.id, graph.addInput(name, value));
  for (const node of nodes) {
    const given = node.inputs.map((value) => value && carry(value));
    const draft: Node = { ...node, inputs: given };
    const result = applied(draft) ?? graph.add(node.operator, given, node.output, node.attributes, node.slot);
    keep(node.output, result);
    if (given[0]) readers.set(`${node.operator} ${given[0].id}`, result);
  }
  const named = (values: Recording["inputs"]): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, carry(value)]));
  return { inputs: named(inputs), outputs: named(outputs) };
}

function countUses(nodes: readonly Node[], outputs: readonly Value[]): Map<number, number> {
  const counts = new Map<number, number>();
  const count = (value: Value | undefined): void =>
    void (value && counts.set(value.id, (counts.get(value.id) ?? 0) + 1));
  for (const node of nodes) node.inputs.forEach(count);
  outputs.forEach(count);
  return counts;
}
