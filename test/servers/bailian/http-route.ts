/** What a surface says of itself to the door. */
import type { Surface } from './faults.ts';
import type { HttpCall, Json } from './http-call.ts';
import type { Dialect } from './refusal.ts';

export interface HttpRoute {
  readonly methods: readonly string[];
  /** Of the whole path; what it captures are the call's parts. */
  readonly path: RegExp;
  readonly dialect: Dialect;
  surface(asked: { json: Json; form: URLSearchParams }): Surface;
  /** `form`: of the query or the body, as each likes. */
  readonly takes: 'json' | 'form' | 'bytes';
  /** With the account's key as a bearer; absent: yes. */
  readonly keyed?: boolean;
  /** @throws Refused */
  serve(call: HttpCall): Promise<void>;
}
