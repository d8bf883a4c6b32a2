"""The client of authlib.mjs. A line of input is a call, a line of output its result, both in JSON."""

import json
import os
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the gateway of the tests is http on this machine

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session


class Program:
    def __init__(self, metadata, client_id, redirect_uri, client_secret=None):
        self.metadata = metadata
        self.session = OAuth2Session(
            client_id,
            client_secret,
            scope="read",
            redirect_uri=redirect_uri,
            token_endpoint=metadata["token_endpoint"],
            revocation_endpoint_auth_method=None,
            token_endpoint_auth_method="none" if client_secret is None else "client_secret_basic",
            code_challenge_method="S256",
        )
        self.verifier = generate_token(48)

    def client_credentials(self):
        self.session.fetch_token(self.metadata["token_endpoint"], grant_type="client_credentials")

    def authorize(self):
        address, self.state = self.session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=self.verifier
        )
        return address

    def redeem(self, response):
        self.session.fetch_token(
            self.metadata["token_endpoint"],
            authorization_response=response,
            state=self.state,
            code_verifier=self.verifier,
        )

    def refresh(self):
        before = self.session.token["refresh_token"]
        self.session.refresh_token(self.metadata["token_endpoint"])
        return before != self.session.token["refresh_token"]

    def introspect(self):
        return self.session.introspect_token(
            self.metadata["introspection_endpoint"], token=self.session.token["access_token"]
        ).json()

    def revoke(self):
        return self.session.revoke_token(
            self.metadata["revocation_endpoint"], token=self.session.token["refresh_token"]
        ).status_code

    def request(self, method, url):
        return self.session.request(method, url, json={"status": "shipped"} if method == "PUT" else None).status_code


program = None
for line in sys.stdin:
    name, arguments = json.loads(line)
    try:
        if name == "start":
            program = Program(**arguments)
            result = None
        else:
            result = getattr(program, name)(**arguments)
        print(json.dumps({"result": result}), flush=True)
    except Exception as error:
        print(json.dumps({"failed": f"{type(error).__name__}: {error}"}), flush=True)
