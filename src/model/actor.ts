export type ActorType = 'user' | 'agent' | 'system';

export interface Actor {
  readonly actorType: ActorType;
  readonly id: string;
  readonly name: string;
  readonly ipAddress?: string;
}
