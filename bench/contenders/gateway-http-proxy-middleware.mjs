// Express and http-proxy-middleware, without a guard.
import express from 'express';
import { Agent } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { serve } from '../rig/contender.mjs';
import { CONTEXT, prepareOpen, upstream } from '../rig/gateway.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const app = express();
app.use(CONTEXT, createProxyMiddleware({ target: upstream.origin, agent, xfwd: true }));

await serve(app, { prepare: prepareOpen });
