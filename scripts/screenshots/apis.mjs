// The APIs of the screenshots: one from an OpenAPI document, one with a deprecated version, and one that needs approval.
const id = { name: 'id', in: 'path', required: true, description: 'Number of the order', schema: { type: 'integer' } };

const order = {
  type: 'object',
  required: ['product', 'amount'],
  properties: {
    product: { type: 'string', description: 'Name or number of the product', example: 'Chair' },
    amount: { type: 'integer', minimum: 1, maximum: 1000, example: 2 },
    note: { type: 'string', maxLength: 200 },
    state: { type: 'string', enum: ['open', 'sent', 'returned'], readOnly: true },
  },
};

const json = (schema) => ({ 'application/json': { schema } });

const read = [{ oauth: ['orders:read'] }];
const write = [{ oauth: ['orders:write'] }];

const ordersDocument = {
  openapi: '3.1.0',
  info: {
    title: 'Orders',
    version: '2.1.0',
    description:
      'Create orders, follow their state and return them.\n\nOrders are kept for **ten years**. Amounts are in pieces. ' +
      'See `state` for:\n\n- `open`: not sent yet\n- `sent`: on its way\n- `returned`: sent back',
  },
  tags: [{ name: 'sales' }],
  paths: {
    '/': {
      get: {
        summary: 'List the orders',
        security: read,
        parameters: [
          { name: 'state', in: 'query', description: 'Only orders in this state', schema: order.properties.state },
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
        ],
        responses: { 200: { description: 'The orders', content: json({ type: 'array', items: order }) } },
      },
      post: {
        summary: 'Create an order',
        security: write,
        requestBody: { required: true, content: json(order) },
        responses: { 201: { description: 'The new order', content: json(order) } },
      },
    },
    '/{id}': {
      parameters: [id],
      get: {
        summary: 'Read an order',
        security: [...read, ...write],
        responses: { 200: { description: 'The order' } },
      },
      put: { summary: 'Change an order', security: write, responses: { 200: { description: 'The changed order' } } },
      delete: {
        summary: 'Cancel an order',
        deprecated: true,
        security: write,
        responses: { 204: { description: 'Done' } },
      },
    },
    '/health': {
      get: { summary: 'Check the service', security: [], responses: { 200: { description: 'The service is up' } } },
    },
  },
  components: {
    securitySchemes: {
      oauth: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://acme.example/token', scopes: {} } },
      },
    },
  },
};

export const SCOPES = {
  'orders:read': 'See orders and their lines',
  'orders:write': { description: 'Create and change orders', roles: ['clerk'] },
  'invoices:read': 'Download invoices',
  'customers:read': { description: 'See customers', roles: ['sales'] },
};

export const APIS = {
  orders: { plans: ['free', 'business'], sandbox: true, tags: ['sales'], openapi: ordersDocument },
  invoices: {
    title: 'Invoices',
    version: '2.0.0',
    description: 'Lists invoices and returns them as PDF.',
    tags: ['finance'],
    approval: true,
    resources: [
      { path: '/', methods: ['GET'], scopes: ['invoices:read'], summary: 'List the invoices' },
      { path: '/:number/pdf', methods: ['GET'], scopes: ['invoices:read'], summary: 'Download an invoice' },
    ],
  },
  'invoices-v1': {
    title: 'Invoices',
    version: '1.4.2',
    description: 'Lists invoices. Use version 2 for PDF files.',
    tags: ['finance'],
    lifecycle: { status: 'deprecated', deprecation: '2026-06-01', sunset: '2027-03-31' },
    resources: [{ path: '/', methods: ['GET'], scopes: ['invoices:read'], summary: 'List the invoices' }],
  },
  customers: {
    title: 'Customers',
    version: '1.0.0',
    description: 'Finds customers by number.',
    tags: ['sales'],
    resources: [{ path: '/:id', methods: ['GET'], scopes: ['customers:read'], summary: 'Read a customer' }],
  },
};
