// SPDX-License-Identifier: MIT
// A backend in TypeScript, with the types that openapi-typescript makes of docs/openapi.yaml. Compiled and called by
// api_schema.test.js.
import createClient from 'openapi-fetch';
import type { paths } from './artifacts/typescript/encke.js';

export async function use_api(baseUrl: string) {
  const encke = createClient<paths>({ baseUrl });
  const sent = await encke.POST('/v1/emit', { body: { users: ['tess'], event: 'order', args: [{ id: 17 }] } });
  const sockets: number | undefined = sent.data && 'sockets' in sent.data ? sent.data.sockets : undefined;
  const asked = await encke.POST('/v1/emit-with-ack', { body: { users: ['tess'], event: 'vote', args: ['tea?'], timeout_ms: 2000 } });
  const votes: unknown[] = asked.data?.answers.map((one) => one.args[0]) ?? [];
  await encke.POST('/v1/join', { body: { users: ['tess'], join: ['staff', 7] } });
  const found = await encke.GET('/v1/rooms', { params: { query: { after: 'r', limit: 1 } } });
  await encke.POST('/v1/leave', { body: { users: ['tess'], leave: ['staff', 7] } });
  const wrong = await encke.POST('/v1/emit', { body: { event: 'nobody' } });
  const gone = await encke.POST('/v1/disconnect', { body: { users: ['tess'], reason: 'over' } });
  return { sockets, votes, rooms: found.data?.rooms.length, kicked: gone.data?.disconnected, refused: wrong.error?.code };
}
