// The authorization server of the tests: oidc-provider as it is, with its own pages for a person, and its
// memory as its only store. It listens on 127.0.0.1, says where, and ends with its stdin.
//
//   node server.mjs MODULES CONFIG
//
// MODULES is a directory that npm has installed into. CONFIG is JSON: "first" is how many seconds
// the token of a login lives, "latency" how many milliseconds the answer to a refresh is held back.
import './node18.mjs';

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, config] = [process.argv[2], JSON.parse(process.argv[3])];
const library = createRequire(`${modules}/`).resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(library));

const hour = 3600;
const http = createServer();
await new Promise((ready) => { http.listen(0, '127.0.0.1', ready); });
const issuer = `http://127.0.0.1:${http.address().port}`;
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'sesame',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', deviceGrant],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/'],
  }, {
    client_id: 'ci',
    client_secret: 'a secret: 100%+',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  }],
  features: {
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
  },
  rotateRefreshToken: true,
  ttl: {
    AccessToken: (ctx) => (ctx.oidc.params.grant_type === 'refresh_token' ? hour : config.first),
    ClientCredentials: hour,
  },
});

// What the server has done, by its own events.
const seen = {};
const count = (what) => { seen[what] = (seen[what] ?? 0) + 1; };
provider.on('grant.success', (ctx) => count(ctx.oidc.params.grant_type));
provider.on('grant.error', (_, error) => {
  count(error.error);
  if (error.error !== 'authorization_pending') console.error(error);
});
provider.on('refresh_token.consumed', () => count('spent'));
provider.on('grant.revoked', () => count('revoked'));
provider.on('server_error', (_, error) => console.error(error));
provider.use(async (ctx, next) => {
  await next();
  if (ctx.oidc?.params?.grant_type === 'refresh_token') {
    await new Promise((over) => { setTimeout(over, config.latency); });
  }
});

// file is what a token opens.
async function file(request) {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  const token = scheme === 'Basic' ? atob(value).split(':')[1] : value;
  const found = token && (await provider.AccessToken.find(token) ?? await provider.ClientCredentials.find(token));
  return found ? 200 : 401;
}

const answer = provider.callback();
http.on('request', async (request, response) => {
  switch (request.url) {
    case '/test/seen':
      response.end(JSON.stringify(seen));
      break;
    case '/test/file':
      response.writeHead(await file(request)).end();
      break;
    default:
      answer(request, response);
  }
});
process.stdin.on('end', () => process.exit()).resume();
console.log(issuer);
