"""`python -m tests.desk.provider PORT`: an OpenID provider by Authlib, which insists on PKCE and on a nonce.

Whoever asks to sign in is the person whom /set was last told: {sub, name, roles, flaw}. A `flaw` makes the identity
token bad in one way.
"""

from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace
from typing import Any, ClassVar

# The provider of tests speaks http, on this machine only.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "desk", "known to both"


class Client(ClientMixin):
    """The desk."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/desk/sign-in/callback")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace):
    """What the provider remembers of a code that it gave."""

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> int:
        return int(self.auth_time)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


def make_provider(issuer: str) -> Flask:
    app = Flask(__name__)
    codes: dict[str, Code] = {}
    person: dict[str, Any] = {"sub": "1", "name": "Anna", "roles": ["reader"], "flaw": None}
    key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
    other_key = RSAKey.generate_key(2048, {"kid": "1"})

    class CodeGrant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            codes[code] = Code(
                code=code,
                redirect_uri=data["redirect_uri"],
                scope=data["scope"],
                nonce=data["nonce"],
                auth_time=time.time(),
                code_challenge=data["code_challenge"],
                code_challenge_method=data["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return person

    class IdentityToken(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in codes.values())

        def get_jwt_config(self, grant: Any, client: Any = None) -> dict[str, Any]:
            return {"key": key.as_dict(private=True), "alg": "RS256", "iss": issuer, "exp": 60}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            return UserInfo({name: user[name] for name in ("sub", "name", "roles")})

    server = AuthorizationServer(app, query_client=lambda id: Client() if id == CLIENT else None, save_token=_forget)
    server.register_grant(CodeGrant, [IdentityToken(require_nonce=True), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        if person["flaw"] == "endpoints":
            return jsonify(issuer=issuer)
        return jsonify(
            issuer=f"{issuer}/other" if person["flaw"] == "issuer" else issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/keys",
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(KeySet([key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        if person["flaw"] == "declined":
            return redirect(f"{request.args['redirect_uri']}?error=access_denied&state={request.args['state']}")
        grant = server.get_consent_grant(end_user=person)
        return server.create_authorization_response(grant_user=person, grant=grant)

    @app.post("/token")
    def token() -> Any:
        response = server.create_token_response()
        if person["flaw"] and response.status_code == 200:
            answer = response.get_json()
            claims = jwt.decode(answer["id_token"], key).claims
            answer["id_token"] = _spoil(str(person["flaw"]), claims, key, other_key)
            return jsonify(answer)
        return response

    @app.put("/set")
    def set_person() -> Response:
        person.update(request.get_json())
        return jsonify(person)

    return app


def _spoil(flaw: str, claims: dict[str, Any], key: RSAKey, other_key: RSAKey) -> str:
    changed = {
        "nonce": {"nonce": "of somebody else"},
        "audience": {"aud": "another client"},
        "expired": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
        "token_issuer": {"iss": "https://elsewhere.example"},
    }.get(flaw, {})
    if flaw == "unsigned":
        return jwt.encode({"alg": "none"}, {**claims}, key, algorithms=["none"])
    signer = other_key if flaw == "key" else key
    return jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, **changed}, signer)


def _forget(token: Any, request: Any) -> None:
    """Keep no access token: nobody asks for anything by it."""


if __name__ == "__main__":
    port = int(sys.argv[1])
    make_server("127.0.0.1", port, make_provider(f"http://127.0.0.1:{port}"), threaded=True).serve_forever()
