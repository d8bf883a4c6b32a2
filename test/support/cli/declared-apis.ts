import type { TestScope } from '../gate/gate';
import type { ScopegateOptions } from 'scopegate';

/** An API as a gate and a file of options declare it in tests. */
export const APIS: NonNullable<ScopegateOptions<TestScope>['apis']> = {
  orders: {
    context: '/orders',
    resources: [
      { path: '/:id', methods: ['GET'], scopes: ['read'] },
      { path: '/:id', methods: ['PUT'], scopes: ['update'] },
    ],
  },
};
