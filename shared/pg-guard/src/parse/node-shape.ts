/**
 * How a field of a parse-tree node is read: `value` is a scalar, `nodes` a wrapped node or a list of them, `literal` the scalar
 * inside a constant; any other word is the type of a node that the parser's JSON leaves unwrapped.
 */
export type FieldShape = 'value' | 'nodes' | 'literal' | (string & {});
export type NodeShape = Readonly<Record<string, FieldShape>>;
