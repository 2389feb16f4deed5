import { expect, it } from 'vitest';
import { replaceSection, sectionNames } from './markers.ts';

const document = 'before\n<!-- generated:tools -->\nold\n<!-- /generated:tools -->\nafter\n';

it('replaces what stands between the markers and nothing else', () => {
  expect(replaceSection(document, 'tools', 'new')).toBe(
    'before\n<!-- generated:tools -->\n\nnew\n\n<!-- /generated:tools -->\nafter\n',
  );
});

it('changes nothing the second time', () => {
  const once = replaceSection(document, 'tools', 'new');
  expect(replaceSection(once, 'tools', 'new')).toBe(once);
});

it('names the section that is missing', () => {
  expect(() => replaceSection(document, 'settings', 'new')).toThrow(/generated:settings/);
});

it('lists the sections', () => {
  expect(sectionNames(document)).toEqual(['tools']);
});
