import type { Rule } from '../types.ts';

const r = String.raw;

function token(id: string, description: string, keywords: string, pattern: string, more: Partial<Rule> = {}): Rule {
  return { id, description, keywords: keywords.split(' '), pattern, ...more };
}

const bounded = { bounded: true } as const;

/** The three characters that the base64 of a Discord id begins with: ids are decimal. */
function discordStarts(): readonly string[] {
  const digits = '0123456789'.split('');
  const starts = digits
    .slice(1)
    .flatMap((first) => digits.map((second) => Buffer.from(`${first}${second}0`).toString('base64')));
  return [...new Set(starts.map((start) => start.slice(0, 3)))];
}

/** Tokens of services that one talks to: chat, payment, monitoring, language models. */
// prettier-ignore
export const serviceTokens: readonly Rule[] = [
  token('slack-token', 'Slack token', 'xoxa xoxb xoxc xoxd xoxe xoxo xoxp xoxr xoxs', r`xox[abcdeoprs](?:\.xox[bp])?-[A-Za-z0-9%+/-]{10,400}`, bounded),
  token('slack-app-token', 'Slack app-level token', 'xapp- xwfp-', r`(?:xapp-\d-[A-Za-z0-9]{6,20}-\d{6,20}-[A-Za-z0-9]{20,100}|xwfp-[A-Za-z0-9-]{20,100})`, bounded),
  { id: 'discord-bot-token', description: 'Discord bot token', get keywords() { return discordStarts(); }, pattern: r`[MNO][A-Za-z0-9_-]{22,27}\.[\w-]{6}\.[\w-]{27,42}`, bounded: true },
  token('telegram-bot-token', 'Telegram bot token', ':aa', r`(:)(?<=(?<!\d)\d{5,16}:)(AA?[\w-]{32,35})(?![\w-])`),
  token('twilio-key', 'Twilio API key', 'sk0 sk1 sk2 sk3 sk4 sk5 sk6 sk7 sk8 sk9 ska skb skc skd ske skf', r`SK[0-9a-fA-F]{32}(?![A-Za-z0-9])`, { ...bounded, entropy: 3 }),
  token('sendgrid-key', 'SendGrid API key', 'sg.', r`SG\.[\w=.-]{60,80}`, bounded),
  token('mailgun-key', 'Mailgun key', 'key- pubkey-', r`(?:pub)?key-[a-f0-9]{32}(?![a-z0-9])`, { ...bounded, entropy: 3 }),
  token('mailchimp-key', 'Mailchimp API key', '-us1 -us2 -us3 -us4 -us5 -us6 -us7 -us8 -us9', r`[a-f0-9]{32}-us\d{1,2}(?![\w])`, { back: 32, entropy: 3 }),
  token('brevo-key', 'Brevo (Sendinblue) key', 'xkeysib- xsmtpsib-', r`x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}`, bounded),
  token('postman-key', 'Postman API key', 'pmak-', r`PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}`, bounded),
  token('stripe-key', 'Stripe key', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', r`[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,247}`, bounded),
  token('stripe-webhook-secret', 'Stripe or Svix webhook secret', 'whsec_', r`whsec_[A-Za-z0-9+/]{20,100}={0,2}`, bounded),
  token('shopify-token', 'Shopify token', 'shpat_ shpca_ shppa_ shpss_ shptka_', r`shp(?:at|ca|pa|ss|tka)_[a-fA-F0-9]{32}`),
  token('square-token', 'Square token', 'sq0atp- sq0csp- sq0idp- eaaa', r`(?:sq0(?:atp|csp|idp)-[\w-]{22,43}|EAAA[\w+=-]{56,60})`, bounded),
  token('shippo-token', 'Shippo token', 'shippo_', r`shippo_(?:live|test)_[a-fA-F0-9]{40}`),
  token('easypost-key', 'EasyPost key', 'ezak ezat ezpk', r`EZ[AP][KT][A-Za-z0-9]{54}`, bounded),
  token('flutterwave-key', 'Flutterwave key', 'flwsec flwpub', r`FLW(?:PUBK|SECK)(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?`, bounded),
  token('plaid-token', 'Plaid access token', 'access-', r`access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, bounded),
  token('duffel-token', 'Duffel token', 'duffel_', r`duffel_(?:test|live)_[\w=-]{43}`, bounded),
  token('lob-key', 'Lob key', 'live_ test_', r`(?:live|test)_(?:pub_)?[a-f0-9]{31,35}(?![A-Za-z0-9])`, { ...bounded, entropy: 3 }),
  token('openai-key', 'OpenAI key, and others of its form', 'sk-', r`sk-(?:(?:proj|svcacct|admin|or-v1|lf)-[\w-]{20,300}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{32,64}(?![\w-]))`, { ...bounded, entropy: 3 }),
  token('anthropic-key', 'Anthropic key', 'sk-ant-', r`sk-ant-[a-z0-9]{2,12}-[\w-]{20,300}`, bounded),
  token('huggingface-token', 'Hugging Face token', 'hf_ api_org_', r`(?:hf_|api_org_)[A-Za-z0-9]{34,64}`, bounded),
  token('model-api-key', 'Key of Groq, xAI, Perplexity, Fireworks, Pinecone, LangSmith', 'gsk_ xai- pplx- fw_ pcsk_ lsv2_', r`(?:gsk_[A-Za-z0-9]{48,56}|xai-[A-Za-z0-9]{70,90}|pplx-[A-Za-z0-9]{48}|fw_[A-Za-z0-9]{22,24}(?!\w)|pcsk_\w{50,90}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10})`, { ...bounded, entropy: 3 }),
  token('sentry-token', 'Sentry auth token', 'sntrys_ sntryu_ sntrya_ sntryi_', r`sntry(?:s_[A-Za-z0-9+/=_-]{40,600}|[uai]_[a-f0-9]{64})`, bounded),
  token('grafana-token', 'Grafana token', 'glsa_ glc_ eyjrijoi', r`(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,3}|eyJrIjoi[A-Za-z0-9]{30,400}={0,3}(?![\w.]))`, bounded),
  token('newrelic-key', 'New Relic key', 'nrak- nrii- nrjs- nrra- nral', r`(?:NR(?:AK|RA)-[A-Z0-9]{27}|NRII-[\w-]{32}|NRJS-[a-f0-9]{19}|[a-f0-9]{36}NRAL)`, { ...bounded, flags: 'i' }),
  token('newrelic-license', 'New Relic licence key', 'nral', r`[a-f0-9]{36}NRAL`, { back: 36 }),
  token('dynatrace-token', 'Dynatrace token', 'dt0', r`dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}`, { ...bounded, flags: 'i' }),
  token('snyk-token', 'Snyk token', 'snyk_', r`snyk_(?:uat|sat)\.[a-z0-9]{8}\.[\w-]{20,200}\.[\w-]{20,200}`, bounded),
  token('linear-token', 'Linear key or token', 'lin_api_ lin_oauth_', r`lin_(?:api|oauth)_[A-Za-z0-9]{40,64}`),
  token('notion-token', 'Notion token', 'ntn_ secret_', r`(?:ntn_\d{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})(?!\w)`, bounded),
  token('airtable-token', 'Airtable token', 'pat', r`pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`, bounded),
  token('hubspot-token', 'HubSpot private app token', 'pat-na pat-eu pat-ap', r`pat-(?:na|eu|ap)\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, { ...bounded, flags: 'i' }),
  token('contentful-token', 'Contentful token', 'cfpat-', r`CFPAT-[\w-]{40,64}`, bounded),
  token('figma-token', 'Figma token', 'figd_', r`figd_[\w-]{38,60}`, bounded),
  token('frameio-token', 'Frame.io token', 'fio-u-', r`fio-u-[\w=-]{64}`, bounded),
  token('typeform-token', 'Typeform token', 'tfp_', r`tfp_[\w=.-]{59}`, bounded),
  token('readme-key', 'ReadMe API key', 'rdme_', r`rdme_[a-z0-9]{70}`),
  token('infracost-key', 'Infracost API token', 'ico-', r`ico-[A-Za-z0-9]{32}`, bounded),
  token('sourcegraph-token', 'Sourcegraph token', 'sgp_ slk_', r`(?:sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}|slk_[a-f0-9]{64})`, bounded),
  token('settlemint-token', 'SettleMint token', 'sm_aat_ sm_pat_ sm_sat_', r`sm_[aps]at_[A-Za-z0-9]{16}`),
  token('adobe-secret', 'Adobe client secret', 'p8e-', r`p8e-[A-Za-z0-9]{32}`, bounded),
  token('facebook-token', 'Meta access token', 'eaa', r`EAA[MC]?[A-Za-z0-9]{80,400}`, bounded),
  token('mapbox-token', 'Mapbox token', 'pk. sk.eyj', r`(?:pk\.[a-z0-9]{60}\.[a-z0-9]{22}|[ps]k\.eyJ1[\w-]{20,300}\.[\w-]{20,60})`, bounded),
  token('intra42-secret', '42 Intra client secret', 's-s4t2', r`s-s4t2(?:ud|af)-[a-f0-9]{64}`, bounded),
  token('maxmind-key', 'MaxMind licence key', '_mmk', r`[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk`, { back: 36 }),
];
