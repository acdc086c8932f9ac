/**
 * `node scripts/rehearse-image.ts`: builds the image without Docker, with every command of the Dockerfile as it stands
 * there, `npm ci` included, and says how large what it adds to the base image is.
 */
import { buildImage } from '../test/support/image.ts';

const image = await buildImage({ installed: false });
process.stdout.write(`built; the application adds ${Math.round(image.size / 1e6)} MB to the base image\n`);
image.remove();
