// The argon2 library alone: no gate, no HTTP.
import { createServer } from 'node:http';
import { hash, verify } from '@node-rs/argon2';
import { serve } from '../../rig/contender.mjs';
import { PASSWORD } from '../orders.mjs';

const verifications = async ({ memoryCost, timeCost, parallelism, concurrency, seconds }) => {
  const right = await hash(PASSWORD, { memoryCost, timeCost, parallelism, algorithm: 2 });
  const start = performance.now();
  let done = 0;
  const worker = async () => {
    while (performance.now() - start < seconds * 1000) {
      if (!(await verify(right, PASSWORD))) throw new Error('the right password was refused');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (done / (performance.now() - start)) * 1000;
};

await serve(createServer(), { answers: { verifications } });
