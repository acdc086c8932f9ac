import { measureAcknowledging } from './intake/acknowledge.ts';
import { measureReplicas } from './intake/replicas.ts';

/** What operators trust: acknowledged webhooks on each store, and two replicas that share a burst. */
export async function measureIntake([only]: readonly string[]): Promise<object> {
  const wanted = (name: string) => only === undefined || only === name;
  return {
    ...(wanted('sqlite') ? { sqlite: await measureAcknowledging('sqlite') } : {}),
    ...(wanted('postgres') ? { postgres: await measureAcknowledging('postgres') } : {}),
    ...(wanted('replicas') ? { replicas: await measureReplicas() } : {}),
  };
}
