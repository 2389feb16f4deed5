import type { Rule } from '../types.ts';

const r = String.raw;

/** A token that begins with its own name. */
function token(id: string, description: string, keywords: string, pattern: string, more: Partial<Rule> = {}): Rule {
  return { id, description, keywords: keywords.split(' '), pattern, ...more };
}

const bounded = { bounded: true } as const;

/** Tokens of cloud platforms and of code hosts. */
// prettier-ignore
export const platformTokens: readonly Rule[] = [
  token('aws-access-key', 'AWS access key id', 'akia asia abia acca a3t', r`(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)(?!\w{9}EXAMPLE)[A-Z0-9]{16}(?![A-Za-z0-9])`, bounded),
  token('aws-bedrock-key', 'Amazon Bedrock API key', 'absk bedrock-api-key-', r`(?:ABSK[A-Za-z0-9+/]{109,269}|bedrock-api-key-[A-Za-z0-9+/]{20,2000})={0,2}`, bounded),
  token('gcp-api-key', 'Google API key', 'aiza', r`AIza[\w-]{35}`, bounded),
  token('gcp-oauth-token', 'Google OAuth token', 'ya29.', r`ya29\.[\w-]{20,1000}`, bounded),
  token('gcp-client-secret', 'Google OAuth client secret', 'gocspx-', r`GOCSPX-[\w-]{24,40}`, bounded),
  token('gcp-refresh-token', 'Google OAuth refresh token', '1//0', r`1\/\/0[\w-]{40,200}`, bounded),
  token('azure-client-secret', 'Microsoft Entra client secret', 'q~', r`[\w~.]{3}\dQ~[\w~.-]{31,34}`, { back: 4 }),
  token('azure-access-key', 'Azure service key with a type signature', 'apim acdb +aba +amc +ast azse azfu aiot', r`(?=.{76}(?:APIM|ACDb|\+(?:ABa|AMC|ASt)|AzSe|AzFu|AIoT)[A-Za-z0-9+/]{5}[AQgw]==)[A-Za-z0-9+/]{86}==`, { back: 76 }),
  token('alibaba-access-key', 'Alibaba Cloud access key id', 'ltai', r`LTAI[A-Za-z0-9]{12,30}`, bounded),
  token('yandex-token', 'Yandex Cloud key or token', 'aqvn t1.', r`(?:AQVN[\w-]{35,38}|t1\.[\w-]{1,200}={0,2}\.[\w-]{80,100}={0,2})`, bounded),
  token('digitalocean-token', 'DigitalOcean token', 'dop_v1_ doo_v1_ dor_v1_', r`do[opr]_v1_[a-f0-9]{64}`),
  token('heroku-key', 'Heroku API key', 'hrku-', r`HRKU-[\w-]{36,80}`, bounded),
  token('flyio-token', 'Fly.io token', 'fo1_ fm1a_ fm1r_ fm2_', r`(?:fo1_[\w-]{43}|fm1[ar]_[A-Za-z0-9+/]{100,2000}={0,3}|fm2_[A-Za-z0-9+/]{100,2000}={0,3})`, bounded),
  token('scalingo-token', 'Scalingo token', 'tk-us-', r`tk-us-[\w-]{48}`, bounded),
  token('openshift-token', 'OpenShift user token', 'sha256~', r`sha256~[\w-]{43}`, bounded),
  token('cloudflare-origin-key', 'Cloudflare origin CA key', 'v1.0-', r`v1\.0-[a-f0-9]{24}-[a-f0-9]{146}`, bounded),
  token('github-token', 'GitHub token', 'ghp_ gho_ ghu_ ghs_ ghr_', r`gh[pousr]_[A-Za-z0-9]{36,255}`),
  token('github-fine-token', 'GitHub fine-grained token', 'github_pat_', r`github_pat_\w{22,255}`, bounded),
  token('gitlab-token', 'GitLab token', 'glpat- gldt- glcbt- glft- glimt- glagent- gloas- glptt- glrt- glrtr- glsoat- glffct- glwt-', r`gl(?:pat|dt|cbt|ft|imt|agent|oas|ptt|rt|rtr|soat|ffct|wt)-[\w=.-]{20,300}`, bounded),
  token('gitlab-runner-token', 'GitLab runner registration token', 'gr1348941', r`GR1348941[\w-]{20,50}`, bounded),
  token('bitbucket-token', 'Bitbucket app password', 'atbb atctt3', r`(?:ATBB[A-Za-z0-9]{32}|ATCTT3[\w=-]{60,250})`, bounded),
  token('atlassian-token', 'Atlassian API token', 'atatt3', r`ATATT3[\w=-]{60,250}`, bounded),
  token('npm-token', 'npm access token', 'npm_', r`npm_[A-Za-z0-9]{36,64}`),
  token('pypi-token', 'PyPI upload token', 'pypi-age', r`pypi-AgE[\w-]{40,1000}`, bounded),
  token('rubygems-token', 'RubyGems API token', 'rubygems_', r`rubygems_[a-f0-9]{48}`),
  token('clojars-token', 'Clojars deploy token', 'clojars_', r`CLOJARS_[A-Za-z0-9]{60}`, { flags: 'i' }),
  token('nuget-key', 'NuGet API key', 'oy2', r`oy2[a-z0-9]{43}`, bounded),
  token('jfrog-token', 'JFrog key or reference token', 'akcp cmvmdgtuo', r`(?:AKCp[A-Za-z0-9]{60,80}|cmVmdGtuO[A-Za-z0-9]{55})`, bounded),
  token('dockerhub-token', 'Docker Hub token', 'dckr_pat_ dckr_oat_', r`dckr_[po]at_[\w-]{24,64}`, bounded),
  token('terraform-token', 'Terraform Cloud token', '.atlasv1.', r`[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}`, { back: 14 }),
  token('pulumi-token', 'Pulumi token', 'pul-', r`pul-[a-f0-9]{40}`, bounded),
  token('vault-token', 'Vault token', 'hvs. hvb. hvr.', r`hv[sbr]\.[\w-]{24,400}`, bounded),
  token('vault-legacy-token', 'Vault service token, old form', '"s. =s. :s. \'s.', r`()(?<=[\s"'=:])(s\.[A-Za-z0-9]{24})(?![\w.])`, { back: -1, entropy: 3.5 }),
  token('doppler-token', 'Doppler token', 'dp.', r`dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}`, bounded),
  token('onepassword-token', '1Password service account token or secret key', 'ops_eyj a3-', r`(?:ops_eyJ[A-Za-z0-9+/]{200,2000}={0,3}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5})`, bounded),
  token('age-secret-key', 'age secret key', 'age-secret-key-1', r`AGE-SECRET-KEY-1[0-9A-Z]{58}`, bounded),
  token('tailscale-key', 'Tailscale key', 'tskey-', r`tskey-[a-z]{2,12}-[\w-]{20,100}`, bounded),
  token('databricks-token', 'Databricks token', 'dapi', r`dapi[a-f0-9]{32}(?:-\d{1,2})?`, bounded),
  token('planetscale-token', 'PlanetScale token or password', 'pscale_', r`pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}`, bounded),
  token('supabase-token', 'Supabase key', 'sbp_ sb_secret_', r`(?:sbp_[a-f0-9]{40}|sb_secret_[\w-]{20,60})`, bounded),
  token('clickhouse-key', 'ClickHouse Cloud API secret', '4b1d', r`4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])`, bounded),
  token('buildkite-token', 'Buildkite token', 'bkua_ bkpat_', r`bk(?:ua|pat)_[A-Za-z0-9]{40}`),
  token('circleci-token', 'CircleCI token', 'ccipat_ ccipra_', r`CCIP(?:AT|RA)_[A-Za-z0-9]{20,32}_[A-Fa-f0-9]{40}`),
  token('harness-token', 'Harness token', 'pat. sat.', r`[ps]at\.[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}`, bounded),
  token('octopus-key', 'Octopus Deploy API key', 'api-', r`API-[A-Z0-9]{26}(?![A-Za-z0-9])`, bounded),
  token('prefect-token', 'Prefect API key', 'pnu_', r`pnu_[a-zA-Z0-9]{36}`),
  token('hosting-token', 'Replicate, Netlify or Vercel token', 'r8_ nfp_ vcp_', r`(?:r8_[A-Za-z0-9]{37}|(?:nfp|vcp)_[A-Za-z0-9]{36,64})`, bounded),
];
