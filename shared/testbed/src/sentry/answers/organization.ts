import type { Call } from '../route.ts';
import type { Organization } from '../world/model.ts';

export const longAgo = '2020-01-01T00:00:00.000Z';

export const letterAvatar = { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null };

export function showOrganization(call: Call, organization: Organization): Record<string, unknown> {
  return {
    id: organization.id,
    slug: organization.slug,
    status: { id: 'active', name: 'active' },
    name: organization.name,
    dateCreated: longAgo,
    isEarlyAdopter: false,
    require2FA: false,
    avatar: letterAvatar,
    links: {
      organizationUrl: `${call.baseUrl}/organizations/${organization.slug}`,
      // a server of one's own names itself by an address that only its inside knows
      regionUrl: organization.regionUrl ?? (call.isSaas ? call.baseUrl : 'http://web.internal:9000'),
    },
    hasAuthProvider: false,
    allowMemberInvite: true,
    allowMemberProjectCreation: true,
    allowSuperuserAccess: false,
    features: [],
  };
}
