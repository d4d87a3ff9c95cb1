// What every adapter refuses before it writes anything.
import { type Features, type LogEvent, LogRefusal } from './port.js';

export function refuseUnfit(event: LogEvent, { maxPayloadBytes, maxHeaders }: Features): void {
  const { id, topic, payload } = event;
  if (payload.byteLength > maxPayloadBytes) throw new LogRefusal('log.too_large', { id, topic, bytes: payload.byteLength, max: maxPayloadBytes });
  const headers = Object.keys(event.headers).length;
  if (headers > maxHeaders) throw new LogRefusal('log.too_many_headers', { id, topic, headers, max: maxHeaders });
}
