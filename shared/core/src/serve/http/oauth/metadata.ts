import { type OAuthConfig, resourceOf } from './config.ts';
import { scopes } from './verify.ts';

/** Protected resource metadata, RFC 9728 §2. @param base scheme and host of the request */
export function resourceMetadata(config: OAuthConfig, base: string, name: string): Readonly<Record<string, unknown>> {
  return {
    resource: resourceOf(config, base).resource,
    authorization_servers: [config.issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: name,
  };
}
