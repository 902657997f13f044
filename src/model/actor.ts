export const ACTOR_TYPES = ['user', 'agent', 'system'] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

export interface Actor {
  readonly actorType: ActorType;
  readonly id: string;
  readonly name: string;
  readonly ipAddress?: string;
}

/** Who acts where no person and no agent does: this program by itself. */
export const SYSTEM: Actor = { actorType: 'system', id: 'ggen-governance', name: 'ggen-governance' };
