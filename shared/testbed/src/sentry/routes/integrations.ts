import { answerPage } from '../paging.ts';
import { type Call, organizationPath, type Route, scopes } from '../route.ts';
import type { Integration } from '../world/model.ts';

function showIntegration(integration: Integration): Record<string, unknown> {
  const { id, name, provider, organization } = integration;
  return {
    id,
    name,
    icon: null,
    domainName: integration.domainName,
    accountType: null,
    scopes: null,
    outOfDate: false,
    status: 'active',
    provider: {
      key: provider,
      slug: provider,
      name: provider,
      canAdd: true,
      canDisable: false,
      features: [],
      aspects: {},
    },
    configOrganization: [],
    configData: {},
    externalId: `external-${id}`,
    organizationId: Number(organization.id),
    organizationIntegrationStatus: 'active',
    gracePeriodEnd: null,
  };
}

function integrationsOf(call: Call): readonly Integration[] {
  const [key, alias] = [call.query.get('providerKey'), call.query.get('provider_key')];
  const wanted = key ?? alias;
  return call.state.integrations.filter(
    (each) => each.organization === call.organization && (wanted === null || each.provider === wanted),
  );
}

export const integrationRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${organizationPath}integrations/`,
    scopes: scopes.integrations,
    handle: (call) => answerPage(call, integrationsOf(call), showIntegration),
  },
  {
    method: 'GET',
    template: `${organizationPath}repos/`,
    scopes: [...scopes.integrations, 'org:ci'],
    handle: (call) =>
      answerPage(
        call,
        call.state.repositories.filter((each) => each.organization === call.organization),
        (each) => each.body,
      ),
  },
];
