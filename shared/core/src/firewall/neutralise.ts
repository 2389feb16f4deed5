const quick = /[<＜]|\[\/?INST|(?:human|assistant|instruction|response|system)s?\s{0,3}[:：]/i;

const tagNames = [
  '(?:system|developer|admin)(?:[-_ ]?(?:reminder|prompt|message|instruction|note|warning)s?)?',
  'human|assistant|user|model|instructions?|important|override|thinking|reasoning|scratchpad',
  '(?:tool|function)s?(?:[-_ ]?(?:use|call|result|response|output|error|name|input)s?)?',
  'function_?calls?|invoke|parameters?|antml|example_?tool|search_?results?|retrieved|context|untrusted',
  'command-(?:name|message|args)|local-command-(?:stdout|stderr)|bash-(?:input|stdout|stderr)|user-prompt-submit-hook',
  '(?:start|end)_of_turn|(?:start|end)_header_id|bos|eos|sys|im_(?:start|end|sep)|endoftext|s',
].join('|');

const tags = new RegExp(`[<＜](?=[\\s/\\\\<＜]{0,4}(?:[|｜]|(?:[a-z]{1,12}:)?(?:${tagNames})(?![a-z0-9])))`, 'gi');
const bracketTags = /\[(?=\/?INST\])/gi;
const turns = /^([ \t│>|`'"*_#-]{0,16})(?=(?:human|assistant)\s{0,3}[:：])/gim;
const headings = /^(#{1,6}[ \t]{0,3})(?=(?:instruction|response|system)s?\s{0,3}[:：])/gim;

/**
 * Defuses text that imitates the frame a model reads: pseudo system and tool tags, `<|…|>`, `[INST]`, lines that start
 * a turn (`Human:`, `Assistant:`). `<` becomes `‹`, others get a `·`; nothing is deleted. Idempotent; JSON stays JSON.
 */
export function neutralise(text: string): string {
  if (!quick.test(text)) return text;
  return text.replaceAll(tags, '‹').replaceAll(bracketTags, '[·').replaceAll(turns, '$1·').replaceAll(headings, '$1·');
}
