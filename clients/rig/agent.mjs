import assert from 'node:assert/strict';
import { AGENT, REDIRECT_URI } from './applications.mjs';

/** An agent's OAuth provider for the MCP SDKs, with a public client id that was registered before. */
export class Agent {
  /** The address that the user was sent to. */
  address;
  #tokens;
  #verifier;
  #state;
  #discovered;

  get redirectUrl() {
    return REDIRECT_URI;
  }

  get clientMetadata() {
    return { client_name: 'Agent', redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' };
  }

  state() {
    return (this.#state = crypto.randomUUID());
  }

  clientInformation() {
    return { client_id: AGENT.id };
  }

  tokens() {
    return this.#tokens;
  }

  saveTokens(tokens) {
    this.#tokens = tokens;
  }

  redirectToAuthorization(address) {
    this.address = address;
  }

  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }

  codeVerifier() {
    return this.#verifier;
  }

  /** Keeps the server that the user is sent to: the code is sent to no other. */
  saveDiscoveryState(discovered) {
    this.#discovered = discovered;
  }

  discoveryState() {
    return this.#discovered;
  }

  /** Checks `state` in the response, which the SDKs leave to their callers. */
  checkState(response) {
    assert.equal(response.searchParams.get('state'), this.#state);
  }
}
