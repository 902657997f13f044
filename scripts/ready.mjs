// npm run build, and before packing: everything installed and dist/ up to date.
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap();
