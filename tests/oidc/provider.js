// A certified OpenID provider for the tests: made-up officers, memory only.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [, , redirect, secret] = process.argv;

// By the name that is typed into the provider's own form.
const officers = {
  "asha": { groups: ["staff", "nmis-maharashtra"] },
  "binod": { groups: "nmis-patna" },
  "guest": { groups: ["visitors"] },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "nmis",
      client_secret: secret,
      redirect_uris: [redirect],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_basic",
    }],
    claims: { openid: ["sub", "groups"] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...officers[id] }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ["made-up"] },
    features: { devInteractions: { enabled: true } },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
