export type { JobEnd, JobStore, LeaseRequest } from './ports.ts';
export { type JobHandler, startWorker, type Worker } from './worker.ts';
