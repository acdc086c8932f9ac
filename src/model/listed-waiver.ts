import type { WaiverRequest } from './pull-request.ts';

/** An exception that stands in our comment on a pull request. */
export interface ListedWaiver {
  /** The pull request. */
  number: number;
  waiver: WaiverRequest;
  /** Whether it belongs to the present head commit. */
  onHead: boolean;
  /** `signed`: by a key at hand. `unverified`: no key was at hand; GitHub says that our App wrote the text. */
  trust: 'signed' | 'unverified';
}
