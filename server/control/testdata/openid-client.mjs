// What openid-client, a stock library, does with a realm. The argument is a JSON object: issuer, audience, username,
// password, and client_id and client_secret of a confidential client. What differs from what is expected ends it.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';

const { issuer, audience, username, password, client_id: clientID, client_secret: secret } = JSON.parse(process.argv[2]);
// The server of the test has no certificate. Signatures are checked.
const plain = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] };
const login = { username, password, scope: 'openid email' };

const person = await oidc.discovery(new URL(issuer), 'console', undefined, oidc.None(), plain);
assert.equal(person.serverMetadata().issuer, issuer);
const tokens = await oidc.genericGrantRequest(person, 'password', login);
const { sub } = tokens.claims(); // the library has checked the signed claims
assert.ok(sub && tokens.expires_in > 0);
const info = await oidc.fetchUserInfo(person, tokens.access_token, sub);
assert.equal(info.email, `${username}@example.com`);

const refreshed = await oidc.refreshTokenGrant(person, tokens.refresh_token);
assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
assert.equal(refreshed.claims().sub, sub);
const ended = { error: 'invalid_grant' };
await assert.rejects(oidc.refreshTokenGrant(person, tokens.refresh_token), ended);
await assert.rejects(oidc.genericGrantRequest(person, 'password', { ...login, password: 'wrong' }), { error: 'invalid_grant' });

for (const proof of [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)]) {
  const program = await oidc.discovery(new URL(issuer), clientID, undefined, proof, plain);
  const own = await oidc.clientCredentialsGrant(program);
  const seen = await oidc.tokenIntrospection(program, own.access_token);
  assert.equal(seen.active, true);
  assert.equal(seen.client_id, clientID);
  assert.ok([seen.aud].flat().includes(audience), `the audience ${seen.aud}`);
  await oidc.tokenRevocation(program, own.access_token);
  assert.equal((await oidc.tokenIntrospection(program, own.access_token)).active, false);
}

// What a person revokes ends the session.
const again = await oidc.genericGrantRequest(person, 'password', login);
await oidc.tokenRevocation(person, again.refresh_token);
await assert.rejects(oidc.refreshTokenGrant(person, again.refresh_token), ended);

const impostor = await oidc.discovery(new URL(issuer), clientID, undefined, oidc.ClientSecretBasic('wrong'), plain);
await assert.rejects(oidc.clientCredentialsGrant(impostor), (error) => error.status === 401);
await assert.rejects(oidc.discovery(new URL(`${issuer}-none`), clientID, secret, undefined, plain));
