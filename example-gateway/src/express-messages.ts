import { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express } from 'express';

// Express replaces the prototype of each request and response with its own. V8 then no longer optimises Node's code for
// them, which costs several times as much as everything else that Express does. If a message already has the prototype,
// nothing is replaced.

/** A request of the server that has Express's prototype from the start. */
export class ExpressRequest extends IncomingMessage {}

/** A response of the server that has Express's prototype from the start. */
export class ExpressResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}

Object.setPrototypeOf(ExpressRequest.prototype, express.request);
Object.setPrototypeOf(ExpressResponse.prototype, express.response);

/** The classes of messages, for the options of a server. */
export const expressMessages = { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };

/** Makes an app keep the prototypes of these classes. Several apps can share them: each sets itself on its requests. */
export const keepPrototypes = (app: Express): void => {
  Object.assign(app, { request: ExpressRequest.prototype, response: ExpressResponse.prototype });
  app.use((request, response, next) => {
    request.app = app;
    response.app = app;
    next();
  });
};
