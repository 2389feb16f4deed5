import type { Severity } from './spec.ts';

export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly axis: string;
  readonly series: readonly string[];
  readonly severity: Readonly<Record<Severity, string>>;
  readonly annotation: string;
}

// After Okabe and Ito 2008 ("Color universal design"), changed where a colour would not stand out from the background;
// in place of their yellow the light theme has brown, since what darkened yellow becomes, protanopes take for orange.
const light: Theme = {
  background: '#ffffff',
  text: '#1f2328',
  faint: '#59636e',
  grid: '#e3e6ea',
  axis: '#9aa2ab',
  series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#4d4d4d', '#772200'],
  severity: { ok: '#0a8f6a', warning: '#b57200', critical: '#b00020' },
  annotation: '#6639ba',
};

const dark: Theme = {
  background: '#15181d',
  text: '#e6e9ee',
  faint: '#a3acb8',
  grid: '#2a3038',
  axis: '#5b6572',
  series: ['#56b4e9', '#e8743b', '#1fbf92', '#d98fb9', '#3d86f5', '#e69f00', '#c4c9d0', '#f0e442'],
  severity: { ok: '#2bb98c', warning: '#e9b040', critical: '#ff5468' },
  annotation: '#b392f0',
};

export function themeOf(name: 'light' | 'dark' | undefined): Theme {
  return name === 'dark' ? dark : light;
}

/** Colour and dash pattern of a series: eight colours, then the same ones dashed, then dotted. */
export function strokeOf(theme: Theme, index: number): { readonly colour: string; readonly dash: string | undefined } {
  const colours = theme.series;
  const dashes = [undefined, '7 4', '2 3'];
  return {
    colour: colours[index % colours.length] ?? theme.text,
    dash: dashes[Math.floor(index / colours.length) % 3],
  };
}

/** `share` of the colour over the background, opaque: what lies below must not show through. */
export function mixed(colour: string, background: string, share: number): string {
  const channel = (at: number): string => {
    const over = Number.parseInt(colour.slice(at, at + 2), 16);
    const under = Number.parseInt(background.slice(at, at + 2), 16);
    return Math.round(over * share + under * (1 - share))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
