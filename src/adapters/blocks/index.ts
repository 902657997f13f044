export { BLOCK, OWN_TEXTS, type OwnTexts, packBlocks, unpackBlock } from './text-block.ts';
