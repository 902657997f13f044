export type { JobEnd, JobFilter, JobStore, LeaseRequest } from './ports.ts';
export { type JobHandler, MAX_BEGUN, startWorker, type Worker, type WorkerParts } from './worker.ts';
