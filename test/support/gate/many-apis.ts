import type { ScopegateOptions } from 'scopegate';

/**
 * Three APIs: orders has no sandbox, stock has one and shares `read` with it, books is for itself. `update` and `count` need
 * a role, and no API needs `audit`.
 */
export const manyApis = {
  scopes: {
    read: 'See orders and stock',
    update: { description: 'Change orders', roles: ['clerk'] },
    count: { description: 'Count the stock', roles: ['counter', 'auditor'] },
    borrow: 'Borrow books',
    audit: 'See everything',
  },
  apis: {
    orders: {
      title: 'Orders',
      resources: [
        { path: '/', methods: ['GET'], scopes: ['read'] },
        { path: '/:id', methods: ['PUT'], scopes: ['update'] },
      ],
    },
    stock: {
      title: 'Stock',
      sandbox: true,
      resources: [
        { path: '/', methods: ['GET'], scopes: ['read'] },
        { path: '/', methods: ['POST'], scopes: ['count'] },
      ],
    },
    books: { title: 'Books', resources: [{ path: '/', methods: ['POST'], scopes: ['borrow'] }] },
  },
} satisfies Pick<ScopegateOptions, 'scopes' | 'apis'>;
