/** How long a step took, ms. */
export interface StepTime {
  readonly step: string;
  readonly ms: number;
}

/** Times steps that follow one another without a gap. `now` is a monotonic clock in ms. */
export function createStepTimes(now: () => number): { begin(step: string): void; end(): readonly StepTime[] } {
  const steps: StepTime[] = [];
  let current: { readonly step: string; readonly from: number } | undefined;
  const close = (): void => {
    if (current !== undefined) steps.push({ step: current.step, ms: now() - current.from });
  };
  return {
    begin(step) {
      close();
      current = { step, from: now() };
    },
    end() {
      close();
      current = undefined;
      return steps;
    },
  };
}
