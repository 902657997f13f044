export { type KeptDoor, keepSlackDoor } from './keep-slack-door.ts';
