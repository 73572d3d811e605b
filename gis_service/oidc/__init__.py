"""Officers who sign in with an OpenID provider: authorization code and PKCE."""
