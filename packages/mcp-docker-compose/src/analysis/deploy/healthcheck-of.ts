import type { ComposeService, Healthcheck } from '../../model/compose-model.ts';
import type { LocalImage } from '../../model/image.ts';

/** What checks a replica: the file, else the image, unless the file turns that off. */
export function healthcheckOf(service: ComposeService, image: LocalImage | undefined): Healthcheck | undefined {
  return service.healthcheck ?? (turnsOff(service.raw.healthcheck) ? undefined : image?.defaults.healthcheck);
}

function turnsOff(written: ComposeService['raw'][string]): boolean {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return false;
  const { test, disable } = written as Readonly<Record<string, unknown>>;
  return disable === true || (Array.isArray(test) && test[0] === 'NONE');
}
